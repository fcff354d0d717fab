"""Notices in words, for whoever reads them, when they read them: never more than the reader may see at that moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext

from foundation.actors import Actor
from foundation.notifications import registry
from foundation.notifications.models import Notification


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification in the active language. `link` is empty where there is nothing (any longer) to look at."""

    notification: Notification
    title: str
    text: str
    subject_type: str
    link: str

    @property
    def shown(self) -> bool:
        """Whether its subject may be spoken of to this reader."""
        return bool(self.link)


def render(actor: Actor, rows: Iterable[Notification]) -> list[Notice]:
    """The notifications of `actor` in words, in their order: one question to the room for each kind among them."""
    found = list(rows)
    known: dict[tuple[str, int], registry.Words] = {}
    ordered = sorted(found, key=lambda row: row.kind)
    for name, group in groupby(ordered, key=lambda row: row.kind):
        if (kind := registry.find(name)) is not None:
            words = kind.words(actor, {row.subject_id for row in group})
            known.update({(name, subject_id): said for subject_id, said in words.items()})
    return [_notice(row, known.get((row.kind, row.subject_id))) for row in found]


def _notice(row: Notification, words: registry.Words | None) -> Notice:
    kind = registry.find(row.kind)
    if kind is None or words is None:
        text = gettext("It is no longer there, or no longer yours to see.")
        return Notice(row, gettext("Notice withdrawn"), text, kind.subject_type if kind else "", "")
    params: dict[str, Any] = {**row.params, **words}
    return Notice(
        row,
        title=str(kind.title) % params,
        text=str(kind.text) % params,
        subject_type=kind.subject_type,
        link=kind.link % {"id": row.subject_id},
    )
