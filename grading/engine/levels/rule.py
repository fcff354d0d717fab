"""One rule of a grading scheme: when it holds, what may then be harmed how badly, where it is from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from grading.engine.forms import Form
from grading.engine.levels.collected import ALWAYS, NATURES
from grading.engine.levels.elements import (
    ABOVE_GENERAL,
    AREAS,
    COARSEST_AMOUNT,
    DECLARATIONS,
    DEPTHS,
    ELEMENTS,
    EXTENTS,
    FINEST,
    GROUPS,
    IMPORTANCE,
    TIME_UNITS,
)

HARMED_OBJECTS: Final = (
    "national_security",
    "economic_operation",
    "social_order",
    "public_interest",
    "organisation_rights",
    "individual_rights",
)
DEGREES: Final = ("general", "serious", "especially_serious")
FLAGS: Final = ("possibly_important", "possibly_core")
#: Verdicts on columns that a rule can look at.
CONDITIONS: Final = ("personal", "sensitive_personal", *NATURES)
#: Words that may follow `group:`, `area:` … in a condition. Types and sectors are checked where they are
#: known: when a scheme is drafted or released.
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "declared": DECLARATIONS,
    "group": GROUPS,
    "area": AREAS,
    "importance": IMPORTANCE,
    "depth": DEPTHS,
    "source": ABOVE_GENERAL,
}
#: Keys of a rule that this version reads; titles and notes are for people.
KEYS: Final = (
    "code", "when", "harmed_object", "degree", "source", "clause", "certainty", "flag", "element", "rows_at_least",
    "persons_at_least", "group_at_least", "area_at_least", "coordinates_at_least", "time_at_least", "amounts_at_least",
    "extent_at_least", "share_at_least", "area_km2_at_least", "types_at_least", "depth", "fields", "title", "title_zh",
    "note",
)  # fmt: skip
#: Conditions about persons. Texts of before have one threshold for rows and persons: in these rules it is of persons.
OF_PERSONS: Final = ("personal", "sensitive_personal", "group")
#: Rows, persons and gravities beyond this are slips of the pen.
MOST: Final = 10**12


class InvalidScheme(ValueError):
    """A scheme file that cannot be used; `problems` has all that was found, each as `path: what is wrong`."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


@dataclass(frozen=True, slots=True)
class Rule:
    """When `when` and all else that it asks for holds, `harmed_object` may be harmed in that degree.

    `when`: one of CONDITIONS, `type:<sensitive type>`, `declared:<word>`, `group:`, `area:`, `importance:`, `depth:`,
    `source:<level>`, `field:<sector>`, or `always`. `rows_at_least`: rows of the data; `persons_at_least`: rows or
    declared persons, whichever are more; both with what other files of the publication add. The other thresholds:
    gravity of a group and of an area (the scheme says it), decimals of coordinates and of amounts, fineness of time,
    coverage (`share_at_least` of what there is in `extent_at_least`, or as much of a wider extent), kinds of personal
    information side by side. `depth` and `fields`: those that are asked for besides. Thresholds only: more of anything
    never makes a rule fail. `flag` only in rules that flag.
    """

    code: str
    when: str
    harmed_object: str
    degree: str
    source: str
    certainty: str
    clause: str = ""
    flag: str | None = None
    element: str = ""
    rows_at_least: int = 0
    persons_at_least: int = 0
    group_at_least: int = 0
    area_at_least: int = 0
    coordinates_at_least: int | None = None
    time_at_least: str = ""
    amounts_at_least: int | None = None
    extent_at_least: str = ""
    share_at_least: float = 0.0
    area_km2_at_least: float = 0.0
    types_at_least: int = 0
    depth: str = ""
    fields: tuple[str, ...] = ()


def parse_rule(form: Form, *, flag: bool = False) -> Rule:
    """The rule that a table says. All that is wrong with it is noted with its path; such a rule is not to be used."""
    form.only(*KEYS)
    when = form.text("when", _wrong_condition)
    rows, persons = (form.whole(key, least=0, most=MOST) or 0 for key in ("rows_at_least", "persons_at_least"))
    if when.partition(":")[0] in OF_PERSONS:
        rows, persons = 0, max(rows, persons)
    if flag and "flag" not in form.data:
        form.fault("flag", f"must be one of {', '.join(FLAGS)}")
    return Rule(
        code=form.text("code"),
        when=when,
        harmed_object=form.needed("harmed_object", HARMED_OBJECTS),
        degree=form.needed("degree", DEGREES),
        source=form.text("source"),
        certainty=form.certainty(cited=True),
        clause=form.clause(),
        flag=form.word("flag", FLAGS) if flag else None,
        element=form.word("element", ELEMENTS),
        rows_at_least=rows,
        persons_at_least=persons,
        group_at_least=form.whole("group_at_least", least=0, most=MOST) or 0,
        area_at_least=form.whole("area_at_least", least=0, most=MOST) or 0,
        # a rule that asks for finer than can be measured would never hold
        coordinates_at_least=form.whole("coordinates_at_least", least=0, most=FINEST.coordinates or 0),
        time_at_least=form.word("time_at_least", TIME_UNITS),
        amounts_at_least=form.whole("amounts_at_least", least=COARSEST_AMOUNT, most=FINEST.amounts or 0),
        extent_at_least=form.word("extent_at_least", EXTENTS),
        share_at_least=form.number("share_at_least", most=1.0) or 0.0,
        area_km2_at_least=form.number("area_km2_at_least", most=1e9) or 0.0,
        types_at_least=form.whole("types_at_least", least=0, most=MOST) or 0,
        depth=form.word("depth", DEPTHS),
        fields=form.words("fields"),
    )


def _wrong_condition(when: str) -> str:
    """What is the matter with a condition; empty where nothing is."""
    kind, colon, word = when.partition(":")
    if not colon and kind in (*CONDITIONS, ALWAYS):
        return ""
    if colon and word and (kind in ("type", "field") or word in WORDS.get(kind, ())):
        return ""
    if kind in WORDS:
        return f"must be {kind}: and one of {', '.join(WORDS[kind])}"
    kinds = ", ".join(f"{kind}:…" for kind in ("type", "field", *WORDS))
    return f"must be one of {', '.join(CONDITIONS)}, {ALWAYS}, {kinds}"
