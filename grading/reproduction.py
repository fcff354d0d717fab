"""Computing a stored assessment again from what is stored: measures, declaration, day, and the version of the rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any, Final

from django.utils.translation import gettext_noop as _

from foundation.errors import Conflict, step
from foundation.rulebooks import registry
from foundation.rulebooks.in_force import shipped
from foundation.rulebooks.models import RulebookVersion
from grading.engine.plain import to_plain
from grading.engine.quality import Assessment, QualityProfile
from grading.engine.rules import SHIPPED
from grading.models import QualityAssessment
from grading.rulebook import QUALITY, reassessed

FORMER: Final = SHIPPED / "former"
"""Rule files of former versions of the product, to the letter: assessments name them by their SHA-256."""


def rules_behind(row: QualityAssessment) -> QualityProfile:
    """The quality profile that an assessment was made by, known by its text's SHA-256.

    A file that is shipped or was (FORMER), or a released version, in force or not any more. Conflict where none has
    that text: a file that somebody changed in the installation.
    """
    wanted = row.inputs.get("rulebooks", {}).get(QUALITY, {}).get("sha256", "")
    for text in _texts(wanted):
        rules: QualityProfile = registry.checked(registry.kind(QUALITY), text)[1]
        return rules
    raise Conflict(
        _("The rules of this assessment (%(code)s %(version)s) are not kept."),
        code=row.rules_code,
        version=row.rules_version,
    )


def _texts(wanted: str) -> Iterator[str]:
    yield from filter(None, [_kept().get(wanted)])
    yield from RulebookVersion.objects.filter(rulebook__kind=QUALITY, sha256=wanted).values_list("content", flat=True)


@cache
def _kept() -> Mapping[str, str]:
    """Text by SHA-256 of the files that this version ships, the former ones among them."""
    former = [path.read_text(encoding="utf-8") for path in sorted(FORMER.glob("quality_profile_*.toml"))]
    return {sha256(text.encode()).hexdigest(): text for text in (shipped(QUALITY).content.text, *former)}


def reproduced(row: QualityAssessment) -> Assessment:
    """What an assessment (of `rulebook.assessments`) says, computed anew; equal to what is stored in `row.data`.

    By the engine that is here: `row.engine_version` is the one that it was computed by. Conflict as `rules_behind`; one
    of UNDECIDABLE where it is stored in a form of before.
    """
    return reassessed(row, rules_behind(row))


@dataclass(frozen=True, slots=True)
class Difference:
    """A place of an assessment (JSON pointer of RFC 6901) where what is stored is not what comes out; None: nothing."""

    pointer: str
    stored: Any
    computed: Any


def differences(row: QualityAssessment) -> list[Difference]:
    """Where a stored assessment (of `rulebook.assessments`) is not what follows from its inputs; empty: it is.

    Compared to the last digit: all of `data`, and what the row repeats of it. Raises as `reproduced`.
    """
    found = reproduced(row)
    again = found.to_dict()
    repeated = {
        "overall": (row.overall, found.overall.value),
        "coverage": (row.coverage, found.overall.coverage),
        "rules_code": (row.rules_code, found.profile_code),
        "rules_version": (row.rules_version, found.profile_version),
        "inputs/today": (row.inputs["today"], again["assessed_on"]),
    }
    of_row = [Difference(f"/{name}", *pair) for name, pair in repeated.items() if pair[0] != pair[1]]
    return [*of_row, *_different(row.data, to_plain(again), "/data")]


def _different(stored: Any, computed: Any, at: str) -> Iterator[Difference]:
    if isinstance(stored, dict) and isinstance(computed, dict):
        for name in sorted(stored.keys() | computed.keys()):
            yield from _different(stored.get(name), computed.get(name), f"{at}/{step(name)}")
    elif isinstance(stored, list) and isinstance(computed, list) and len(stored) == len(computed):
        for place, pair in enumerate(zip(stored, computed, strict=True)):
            yield from _different(*pair, f"{at}/{place}")
    elif stored != computed:
        yield Difference(at, stored, computed)
