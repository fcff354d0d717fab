"""The grounds on which people refuse a request, as data: a code that can be counted, with its words."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext_noop as _

from foundation.errors import InvalidInput

GROUNDS: Final = Path(__file__).resolve().parent / "rules" / "grounds.toml"


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground; `remedy` says what the buyer can do about it."""

    code: str
    words_en: str
    words_zh: str
    remedy_en: str
    remedy_zh: str

    @property
    def words(self) -> str:
        """The ground in the reader's language."""
        return self.words_zh if (get_language() or "").startswith("zh") else self.words_en


@cache
def grounds() -> Mapping[str, Ground]:
    """Code → ground, in the order of the file."""
    data = tomllib.loads(GROUNDS.read_text(encoding="utf-8"))
    return {code: Ground(code=code, **said) for code, said in data["grounds"].items()}


def in_words(code: str) -> str:
    """A stored ground in the reader's language; a code that the file has no longer stays as it is."""
    known = grounds().get(code)
    return code if known is None else known.words


def require_known(code: str) -> str:
    """The code, or InvalidInput naming those there are."""
    if code not in grounds():
        raise InvalidInput.of("/ground", _("Name one of: %(known)s."), known=", ".join(grounds()))
    return code
