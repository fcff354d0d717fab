"""The table around a column: whether records are persons, organisations with contacts, children, movements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Final, NamedTuple

from grading.engine.sensitivity.attributes import ages_of, birth_years_of
from grading.engine.sensitivity.devices import OF_USERS
from grading.engine.sensitivity.evidence import Claim, Look
from grading.engine.sensitivity.identity import DOMINANT
from grading.engine.sensitivity.signs import HAN
from grading.engine.sensitivity.taxonomy import Taxonomy

#: A column of this confidence makes its table one about identifiable persons.
IDENTIFIES: Final = 0.6
#: A column is held to be of a type from this confidence on.
HELD: Final = 0.5
#: So many different attributes of persons side by side describe persons, named or not.
ATTRIBUTES: Final = 3
#: Persons below this age are minors whose information is sensitive (PIPL art. 31).
ADULT_ENOUGH: Final = 14
#: Types that say something of a person and, together, single one out.
QUASI: Final = frozenset(
    {
        "gender",
        "age",
        "ethnicity",
        "religion",
        "marital_status",
        "education",
        "occupation",
        "political_status",
        "origin",
        "postal_code",
        "address",
        "health",
    }
)
#: What is said of a person whom a number stands for: 学生编号 beside a class, 用户ID beside an age.
SAID_OF_ONE: Final = (QUASI - {"postal_code", "address"}) | {
    "schooling",
    "minor",
    "family_relation",
    "personal_finance",
    "geolocation",
    "location_track",
    "device_id",
    "ip_address",
}
#: Attributes that only persons have: beside them, records are persons and no organisations.
OF_PERSONS: Final = frozenset({"gender", "age", "ethnicity", "marital_status", "origin", "family_relation"})
#: Types that make records those of persons, unless the header says that it is a contact of an organisation.
OF_RECORDS: Final = frozenset(
    {
        "resident_id",
        "national_id",
        "passport",
        "medical_record_number",
        "birth_date",
        "biometric",
        "person_name",
        "other_document",
        "personal_number",
    }
)
#: What organisations have as well as persons.
SHARED: Final = frozenset(
    {"address", "postal_code", "geolocation", "location_track", "url", "financial_account", "personal_finance"}
)
#: What few and known words are said of persons with: under a Chinese name that says so they need no company.
WORDED: Final = frozenset({"marital_status", "political_status", "family_relation", "education", "occupation"})
#: What posts on offer are called as well as those that somebody has.
OFFERED: Final = frozenset(
    {"岗位", "工作岗位", "职位", "公司职位", "从事行业", "job", "job title", "position", "rank", "work"}
)
#: What animals have as well as persons.
OF_ANIMALS: Final = frozenset({"age", "gender", "birth_date", "health", "minor"})
#: What a machine has as well as a telephone.
MACHINES: Final = frozenset({"device_id", "ip_address", "mac_address"})
#: What moves with a person, and makes places beside it whereabouts.
ELSEWHERE: Final = frozenset({"location_track", "occupation"})
TRACKERS: Final = frozenset({"vehicle_plate", "device_id", "online_account"})
PLACES: Final = frozenset({"geolocation", "location_track"})


class Column(NamedTuple):
    """What is left to say of a column when its values have been looked at.

    `mentions`: the word lists of which its name holds a word. `minor`: the word for children in it. `subject`: numbers
    that stand for persons. `organisations`: it names organisations or places. `chinese`: so are its values mostly.
    `age`: the median of its persons.
    """

    name: str
    cells: int
    taxonomy: Taxonomy
    mentions: frozenset[str]
    minor: str | None
    subject: bool
    organisations: bool
    chinese: bool
    age: float | None

    @property
    def of_adult(self) -> bool:
        """监护人姓名, 教师电话: about those who stand beside children."""
        return "adult_words" in self.mentions


def column_of(look: Look, claims: Sequence[Claim]) -> Column:
    """What a look tells beside its claims."""
    spoken = look.spoken
    return Column(
        look.name,
        look.cells,
        look.taxonomy,
        spoken.mentions,
        look.header("minor") if "minor" in spoken.strong else None,
        spoken.subject and _is_subject(look),
        "organisation_headers" in spoken.mentions and _names_organisations(look),
        bool(claims) and look.part("H") >= DOMINANT,
        _age(look, claims) if claims else None,
    )


@dataclass(frozen=True, slots=True)
class Scene:
    """What a table is about.

    `persons`: it identifies persons; `named`: by more than accounts. `organisations`: why its records are such, places
    or things, and the persons their contacts or keepers. `minors`: most of its persons are children.
    `tracked`: it holds what moves with a person. `alone`: it is one column. `animals`: its records are these.
    """

    persons: bool
    named: bool
    organisations: str | None
    minors: bool
    tracked: bool
    alone: bool
    animals: bool

    def about(self, claim: Claim) -> str:
        """Why a claim that depends on the table is of a person here, or is not: a code of EVIDENCE."""
        if self.persons and (self.named or claim.type.nature != "business" or not self.organisations):
            return "person_context"
        if self.tracked and claim.type.code in PLACES:
            return "tracked_context"
        # 密码 alone is somebody's: what opens systems is a secret of another type
        own = claim.type.nature != "business" or (claim.header is not None and not claim.header.isascii())
        return "alone" if self.alone and own else "no_person_context"

    def admits(self, column: Column, claim: Claim) -> bool:
        """Whether a column can be of the type here: some are so only beside persons, or where the name says whose."""
        if not self.alone or self.persons:
            return self.persons or not claim.type.needs_context
        if claim.header in column.taxonomy.lexicons["as_such_words"]:
            return False
        worded = column.chinese and claim.header not in (None, *OFFERED) and claim.type.code in WORDED
        return worded or not claim.type.needs_context or "own_words" in column.mentions

    def holds(self, claim: Claim) -> bool:
        """Whether a claim that depends on the table is of a person here."""
        return self.about(claim) != "no_person_context"


def scene_of(columns: Sequence[Column], claims: Sequence[Sequence[Claim]]) -> Scene:
    """What the columns of a table say together."""
    persons = _identified(columns, claims)
    return Scene(
        persons=persons,
        named=any(
            claim.identifies and claim.confidence >= IDENTIFIES and claim.type.code not in ("online_account", "email")
            for own in claims
            for claim in own
        ),
        organisations=_about_organisations(columns, claims) if len(columns) > 1 else None,
        minors=persons and _about_minors(columns, claims),
        tracked=any(column.subject for column in columns)
        or any(claim.type.code in TRACKERS for claim in _dominant(claims)),
        alone=len(columns) == 1,
        animals=any("animal_words" in column.mentions for column in columns),
    )


def of_organisation(column: Column, claim: Claim, scene: Scene) -> str | None:
    """Why what a column holds is an organisation's (its seat, its account, its switchboard): a code of EVIDENCE."""
    code = claim.type.code
    if scene.animals and code in OF_ANIMALS:
        return "things_context"
    shared = code in SHARED or (code == "mobile_phone" and not claim.identifies)
    shared = shared or (code in MACHINES and bool(scene.organisations) and OF_USERS.search(column.name) is None)
    if claim.type.context and scene.organisations:
        shared = shared or "role_words" not in column.mentions
    if not shared or "private_words" in column.mentions:
        return None
    if scene.organisations is not None:
        return scene.organisations
    seated = "organisation_words" in column.mentions and code not in ("location_track", "personal_finance")
    return "organisation_header" if seated else None


class Neighbours:
    """Which types that identify persons stand in other columns than a claim's own.

    A column that makes the same claim counts as its own: copies of a column raise nothing. Each claim is compared with
    few columns, so that a table of thousands costs no more than its columns.
    """

    def __init__(self, claims: Sequence[Sequence[Claim]]) -> None:
        self._claims = claims
        self._found: dict[tuple[object, ...], list[tuple[Claim, list[str]]]] = {}

    @cached_property
    def _columns(self) -> Mapping[str, Sequence[int]]:
        """The columns that surely hold a type that identifies persons, by its code."""
        columns: dict[str, list[int]] = {}
        for column, own in enumerate(self._claims):
            sure = {one.type.code for one in own if one.identifies and one.dominant and one.confidence >= IDENTIFIES}
            for code in sure:
                columns.setdefault(code, []).append(column)
        return columns

    def of(self, claim: Claim) -> list[str]:
        """At most four codes, in the order of the alphabet."""
        known = self._found.setdefault((claim.type.code, claim.confidence, claim.matched, claim.texts), [])
        for same, found in known:
            if same == claim:
                return found
        found = sorted(
            code
            for code, columns in self._columns.items()
            if code != claim.type.code and any(claim not in self._claims[column] for column in columns)
        )[:4]
        known.append((claim, found))
        return found


def _dominant(claims: Sequence[Iterable[Claim]]) -> Iterable[Claim]:
    return (claim for own in claims for claim in own if claim.dominant and claim.confidence >= HELD)


def _identified(columns: Sequence[Column], claims: Sequence[Iterable[Claim]]) -> bool:
    if any(claim.identifies and claim.confidence >= IDENTIFIES for own in claims for claim in own):
        return True
    seen = {claim.type.code for claim in _dominant(claims)}
    if any(column.subject for column in columns) and not seen.isdisjoint(SAID_OF_ONE):
        return True
    return len(seen & QUASI) + (not seen.isdisjoint(TRACKERS)) >= ATTRIBUTES


def _about_organisations(columns: Sequence[Column], claims: Sequence[Iterable[Claim]]) -> str | None:
    """Whether records are organisations or places, or things that somebody looks after: a code of EVIDENCE."""
    if any(column.subject for column in columns):
        return None
    accounts = any(claim.type.code in ("online_account", "email") for claim in _dominant(claims))
    named = any(column.organisations for column in columns)
    things = not accounts and any("machine_words" in column.mentions for column in columns)
    for column, own in zip(columns, claims, strict=True):
        for claim in _dominant([own]):
            code = claim.type.code
            keeper = "keeper_words" in column.mentions
            if code in OF_PERSONS or (code in OF_RECORDS and not keeper and "role_words" not in column.mentions):
                return None
            named = named or code == "social_credit_code"
            things = things or (keeper and code == "person_name")
    return "organisation_context" if named else "things_context" if things else None


def _about_minors(columns: Sequence[Column], claims: Sequence[Iterable[Claim]]) -> bool:
    return any(
        not column.of_adult
        and (
            (column.age is not None and column.age < ADULT_ENOUGH)
            or any(claim.type.code == "minor" for claim in _dominant([own]))
        )
        for column, own in zip(columns, claims, strict=True)
    )


def _is_subject(look: Look) -> bool:
    return look.part("H") < DOMINANT and len(look.texts) >= 2 and any(sign.isdigit() for sign in look.texts[0])


def _names_organisations(look: Look) -> bool:
    """A column that is called a name of organisations or places, and holds such."""
    # where somebody was or works is not what the record is about
    if not look.open_kinds & HAN or not ELSEWHERE.isdisjoint(look.spoken.strong):
        return False
    endings = tuple(look.taxonomy.lexicons["organisation_endings"])
    least = DOMINANT * look.open_cells
    cells, _ = look.matching(lambda text: len(text) >= 3 and text.rstrip(")").endswith(endings), "H", least=least)
    return cells > 0


def _age(look: Look, claims: Iterable[Claim]) -> float | None:
    for claim in _dominant([claims]):
        if claim.type.code == "age":
            ages = ages_of(look)
        elif claim.type.code == "birth_date":
            ages = [look.today.year - year for year in birth_years_of(look)]
        elif claim.type.code == "resident_id":
            ages = [look.today.year - int(text[6:10]) for text in claim.texts if len(text) == 18]
        else:
            continue
        return median(ages) if ages else None
    return None
