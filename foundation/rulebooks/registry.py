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
CompareAlso = Callable[[Any, Comparison], None]
Together = Callable[[Any | None, datetime | None], list[str]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of rules: `title` is a msgid, `shipped` the reviewed file that counts while nothing is released.

    `load` makes the room's own rules of a parsed text, ValueError naming what is wrong. `what_if(rules, report)`
    decides stored cases again under `rules`, calling `report` with its progress (0 to 1) every now and then.

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

    @property
    def by_code(self) -> bool:
        """Whether every code has a rulebook of its own."""
        return self.shipped_by_code is not None

    def file(self, scope: str = "") -> Path | None:
        """The shipped file of a scope; None where a code has none."""
        if self.shipped_by_code is None or not scope:
            return self.shipped
        return self.shipped_by_code.get(scope)


_kinds: dict[str, Kind] = {}
_also: dict[str, dict[str, CompareAlso]] = {}


def register(
    code: str,
    *,
    title: str,
    shipped: Path,
    load: Load,
    what_if: WhatIf | None = None,
    shipped_by_code: Mapping[str, Path] | None = None,
    together: Together | None = None,
) -> None:
    """Make a kind of rules known. ValueError when another room took the code."""
    if code in _kinds and _kinds[code].load is not load:
        raise ValueError(f"two kinds of rules are called '{code}'")
    _kinds[code] = Kind(code, title, shipped, load, what_if, shipped_by_code, together)


def compare_also(code: str, name: str, compare: CompareAlso) -> None:
    """Let a room on a higher floor add its cases, called `name`, to the what-if of a kind: `compare(rules, found)`."""
    _also.setdefault(code, {})[name] = compare


def what_if(kind: Kind, rules: Any, report: Report) -> Comparison:
    """What `rules` would change, by the kind's room and by those that build on it. Only for kinds with a what-if."""
    if kind.what_if is None:
        raise ValueError(f"nothing is decided again under rules of the kind '{kind.code}'")
    found = kind.what_if(rules, report)
    for _name, compare in sorted(_also.get(kind.code, {}).items()):
        compare(rules, found)
    return found


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
