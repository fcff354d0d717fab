"""The kinds of rules. Rooms register theirs in `rulebook.py`, which the app loads at start."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop as _

from foundation.errors import NotFound
from foundation.rulebooks.comparison import Comparison
from foundation.rulebooks.content import Content, parse
from foundation.rulebooks.errors import UnusableRules

Load = Callable[[Mapping[str, Any]], Any]
Report = Callable[[float], None]
WhatIf = Callable[[Any, Report], Comparison]
Together = Callable[[Any | None, datetime | None], list[str]]
Context = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of rules: `title` is a msgid, `shipped` the reviewed file that counts while nothing is released.

    `load` makes the room's own rules of a parsed text, ValueError naming what is wrong. `what_if(rules, report)`
    decides stored cases again under `rules`, calling `report` with its progress (0 to 1) every now and then; `compared`
    is a msgid for these cases.

    A kind with `shipped_by_code` has a rulebook for every code that texts give themselves, e.g. a grading scheme of
    each region: the code is the scope, and a code without text has no rules at all. `shipped` is then the one of them
    that stands for the kind. `together(rules, at)` names what would be wrong between the rulebooks of the kind in force
    at an instant (None: now), with `rules` in the place of those of their code where they are given.
    """

    code: str
    title: str
    shipped: Path
    load: Load
    what_if: WhatIf | None = None
    shipped_by_code: Mapping[str, Path] | None = None
    together: Together | None = None
    compared: str = _("Cases")

    @property
    def by_code(self) -> bool:
        """Whether every code has a rulebook of its own."""
        return self.shipped_by_code is not None

    def file(self, scope: str = "") -> Path | None:
        """The shipped file of a scope; None where a code has none."""
        if self.shipped_by_code is None or not scope:
            return self.shipped
        return self.shipped_by_code.get(scope)


@dataclass(frozen=True, slots=True)
class Other:
    """Cases of a room on a higher floor that builds on a kind; `title` is a msgid for them."""

    title: str
    what_if: WhatIf


@dataclass(frozen=True, slots=True)
class Presenter:
    """How rules of a kind are shown to people who do not read their text; templates see what is returned as `shown`.

    `show(rules)` is for `template`, `compare(before, after)` for `difference`, both in the active language.
    """

    template: str
    show: Callable[[Any], Context]
    difference: str
    compare: Callable[[Any, Any], Context]


_kinds: dict[str, Kind] = {}
_also: dict[str, dict[str, Other]] = {}
_presenters: dict[str, Presenter] = {}


def register(
    code: str,
    *,
    title: str,
    shipped: Path,
    load: Load,
    what_if: WhatIf | None = None,
    shipped_by_code: Mapping[str, Path] | None = None,
    together: Together | None = None,
    compared: str = _("Cases"),
) -> None:
    """Make a kind of rules known. ValueError when another room took the code."""
    if code in _kinds and _kinds[code].load is not load:
        raise ValueError(f"two kinds of rules are called '{code}'")
    _kinds[code] = Kind(code, title, shipped, load, what_if, shipped_by_code, together, compared)


def compare_also(code: str, name: str, what_if: WhatIf, *, title: str) -> None:
    """Let a room on a higher floor add a comparison of its own, called `name`, to the what-if of a kind."""
    _also.setdefault(code, {})[name] = Other(title, what_if)


def also(code: str) -> dict[str, Other]:
    """Those that compare their cases, too, when rules of a kind are tried, by name."""
    return dict(sorted(_also.get(code, {}).items()))


def present(code: str, presenter: Presenter) -> None:
    """Let a room show the rules of its kind in its own way on the page of a version."""
    _presenters[code] = presenter


def presenter(code: str) -> Presenter | None:
    """How rules of a kind are shown; None where their text alone is."""
    return _presenters.get(code)


def what_if(kind: Kind, rules: Any, report: Report) -> tuple[Comparison, dict[str, Comparison]]:
    """What `rules` would change, by the kind's room and, by name, by those that build on it: never added up.

    `report` hears of the progress of all, one after the other. Only for kinds with a what-if.
    """
    if kind.what_if is None:
        raise ValueError(f"nothing is decided again under rules of the kind '{kind.code}'")
    others = also(kind.code)
    rooms = 1 + len(others)

    def reported(place: int) -> Report:
        return lambda share: report((place + share) / rooms)

    own = kind.what_if(rules, reported(0))
    found = {}
    for place, (name, other) in enumerate(others.items(), start=1):
        report(place / rooms)
        found[name] = other.what_if(rules, reported(place))
    return own, found


def kind(code: str) -> Kind:
    """The kind called `code`; NotFound when no room registered it."""
    if code not in _kinds:
        raise NotFound(
            _("There are no rules of the kind '%(kind)s'; known: %(known)s."), kind=code, known=", ".join(codes())
        )
    return _kinds[code]


def codes() -> tuple[str, ...]:
    """All registered kinds in alphabetical order."""
    return tuple(sorted(_kinds))


def checked(kind: Kind, text: str) -> tuple[Content, Any]:
    """A text with the rules that the kind's loader makes of it. UnusableRules with everything that was found wrong."""
    content = parse(text)
    try:
        return content, kind.load(content.data)
    except UnusableRules:
        raise
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError) as error:
        # loaders name what they expect; where the structure itself is another one, its class has to do
        said = str(error) if isinstance(error, ValueError) else f"not the structure of these rules ({error!r})"
        raise UnusableRules([said]) from error
