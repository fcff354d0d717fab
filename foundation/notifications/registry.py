"""Which notices there are. Rooms register theirs in `notices.py`: the room knows the words and who is concerned.

A kind `room.thing_happened` comes with the job `tell.room.thing_happened`, which config/subscriptions.py has follow an
event about the kind's subject.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from foundation.actors import Actor

Words = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Audience:
    """The people of one organisation who have one of these member roles; its webhooks are told, too.

    `user_id` is one person of it who is told whatever the roles.
    """

    organisation_id: int
    member_roles: Collection[str]
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice about subjects of `subject_type`.

    `label` names it where people choose; `title` and `text` are gettext_lazy texts with `%(name)s` parameters.
    `audience(subject_id)` says who is concerned. `words(actor, subject_ids)` gives the parameters of each subject that
    the actor may see now, in the active language; a subject that is missing there is not spoken of. `link` is the
    address in the API, with `%(id)s` for the subject. `in_app` and `by_mail` are for people who chose nothing. `digest`
    is the kind that tells of the same from time to time: who wants this one by a way is not told that one by it.
    """

    name: str
    subject_type: str
    label: Promise
    title: Promise
    text: Promise
    audience: Callable[[int], Iterable[Audience]]
    words: Callable[[Actor, Collection[int]], Mapping[int, Words]]
    link: str
    by_mail: bool = True
    in_app: bool = True
    digest: str = ""


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Make these kinds known. ValueError for two of the same name."""
    for one in kinds:
        if one.name in _kinds and _kinds[one.name] is not one:
            raise ValueError(f"two kinds of notice '{one.name}'")
        _kinds[one.name] = one


def kind(name: str) -> Kind:
    """The kind called `name`; KeyError when no room registered it."""
    return _kinds[name]


def find(name: str) -> Kind | None:
    """The kind called `name`, None for one that this version of the exchange does not know (any longer)."""
    return _kinds.get(name)


def at_once(digest: str) -> list[Kind]:
    """The kinds that tell at once of what the kind `digest` tells from time to time."""
    return [one for one in kinds() if one.digest == digest]


def names() -> list[str]:
    """All kinds, in alphabetical order."""
    return sorted(_kinds)


def kinds() -> list[Kind]:
    """All kinds, in alphabetical order of their names."""
    return [_kinds[name] for name in names()]
