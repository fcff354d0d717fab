"""The words of a classification, ready to be found in texts and column names.

Latin words are found longest phrase first; words of column names that are written as one (`patientid`) are taken apart
at known words. A run of Chinese characters is divided so that known words cover it best, the longest before all: 天气
never speaks of gas. A single Chinese character counts at the end of a run alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from grading.engine.categories.abbreviations import Abbreviations
from grading.engine.categories.scheme import Categories, Vocabulary
from grading.engine.categories.tokens import Term, Token, fold, spaced, tokens
from grading.engine.pieces import fewest_pieces

#: How much a word says, in nats: the natural logarithm of the odds for its sector.
STRONG: Final = 2.4
PLAIN: Final = 1.3
WEAK: Final = 0.5
GUESSED: Final = 0.7
#: Words of column names that are often glued to others.
GLUE: Final = frozenset(
    {"id", "no", "num", "nbr", "cd", "code", "nm", "name", "dt", "date", "time", "type", "amt", "cnt", "count", "qty"}
    | {"desc", "descr", "addr", "stat", "status", "value", "total", "info", "comm", "note", "notes", "flag", "group"}
    | {"curr", "prev", "last", "first", "start", "begin", "update", "create", "created", "updated", "remark", "level"}
)
LONGEST_NAME: Final = 120
LONGEST_RUN: Final = 200
_SHORTEST_PREFIX: Final = 4
_SHORTEST_PIECE: Final = 3
_LONGEST_PIECE: Final = 16


@dataclass(frozen=True, slots=True)
class Meaning:
    """A sector (and domain) that a word speaks for, and how strongly."""

    sector: str
    domain: str | None
    weight: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A known word from `start` to `end` of the folded text. A container or neutral word may have no meaning."""

    word: str
    start: int
    end: int
    meanings: tuple[Meaning, ...]
    container: bool = False
    actor: bool = False


@dataclass(slots=True)
class _Entry:
    prose: tuple[Meaning, ...] = ()
    header: tuple[Meaning, ...] = ()
    container: bool = False
    actor: bool = False

    @property
    def only_in_names(self) -> bool:
        """An abbreviation that is no word of texts."""
        return bool(self.header) and not self.prose and not self.container

    def hit(self, word: str, start: int, end: int, *, header: bool) -> Hit:
        return Hit(word, start, end, (*self.prose, *self.header) if header else self.prose, self.container, self.actor)


class Lexicon:
    """All words of a classification by how they are written."""

    def __init__(self, categories: Categories) -> None:
        self._entries: dict[Term, _Entry] = {}
        self._prefixes: dict[str, _Entry] = {}
        self.units: dict[str, tuple[Meaning, ...]] = {}
        self.systems: dict[str, tuple[Meaning, ...]] = {}
        self.types: dict[str, tuple[Meaning, ...]] = {}
        for sector in categories.sectors:
            self._add(sector.code, None, sector.vocabulary)
            for domain in sector.domains:
                self._add(sector.code, domain.code, domain.vocabulary)
        for word in categories.reading.containers:
            self._entry(word).container = True
        for word in categories.reading.actors:
            self._entry(word).actor = True
        for word in categories.reading.neutral:
            self._entry(word)
        self._longest = max((len(word) for word in self._entries), default=1)
        chinese = [word[0] for word in self._entries if not word[0].isascii()]
        self._longest_chinese = max(map(len, chinese), default=1)
        self._pieces = GLUE | {word for term in self._entries for word in term if len(word) >= _SHORTEST_PIECE}
        single = {word[0]: entry for word, entry in self._entries.items() if len(word) == 1} | self._prefixes
        self._meant = {word: entry.prose for word, entry in single.items() if _points(entry)}
        self._abbreviations = Abbreviations(self._meant)
        self._names: dict[str, tuple[Hit, ...]] = {}

    def in_text(self, folded: str) -> tuple[Hit, ...]:
        """The known words of a folded text, in its order."""
        return tuple(self._find(list(tokens(folded)), header=False))

    def in_name(self, name: str) -> tuple[Hit, ...]:
        """The known words of a column name."""
        found = self._names.get(name)
        if found is None:
            if len(self._names) >= 16_384:
                self._names.clear()
            parts = [part for token in tokens(fold(spaced(name[:LONGEST_NAME]))) for part in self._apart(token)]
            found = self._names[name] = tuple(self._find(parts, header=True))
        return found

    def _find(self, found: list[Token], *, header: bool) -> Iterator[Hit]:
        place = 0
        while place < len(found):
            token = found[place]
            if token.chinese:
                yield from self._divided(token, header=header)
                place += 1
                continue
            for length in range(min(self._longest, len(found) - place), 0, -1):
                part = found[place : place + length]
                entry = self._entries.get(tuple(piece.stem for piece in part)) or self._open(part)
                if entry is not None and (header or not entry.only_in_names):
                    word = " ".join(piece.stem for piece in part)
                    yield entry.hit(word, part[0].start, part[-1].end, header=header)
                    place += length
                    break
            else:
                if header and (guess := self._abbreviated(token)) is not None:
                    yield guess
                place += 1

    def _abbreviated(self, token: Token) -> Hit | None:
        """A word of a column name read as an abbreviation, where all that it may stand for agree on the sector."""
        words = self._abbreviations.words(token.stem) if token.stem not in GLUE else ()
        meant = [meaning for word in words for meaning in self._meant[word]]
        if len({meaning.sector for meaning in meant}) != 1:
            return None
        domains = {meaning.domain for meaning in meant}
        guess = Meaning(meant[0].sector, meant[0].domain if len(domains) == 1 else None, GUESSED)
        return Hit(token.stem, token.start, token.end, (guess,))

    def _open(self, part: list[Token]) -> _Entry | None:
        """The entry of a word that only begins as a known one does, or without the digits at its end."""
        if len(part) != 1:
            return None
        word = part[0].stem
        bare = word.rstrip("0123456789")
        if bare != word and len(bare) > 1 and (bare,) in self._entries:
            return self._entries[(bare,)]
        for length in range(len(word), _SHORTEST_PREFIX - 1, -1):
            if word[:length] in self._prefixes:
                return self._prefixes[word[:length]]
        return None

    def _divided(self, token: Token, *, header: bool) -> Iterator[Hit]:
        """The division of a Chinese run whose known words have the greatest sum of squared lengths."""
        run = token.stem[:LONGEST_RUN]
        best, begins = [0] * (len(run) + 1), [0] * (len(run) + 1)
        for end in range(1, len(run) + 1):
            best[end], begins[end] = best[end - 1], -1
            for start in range(max(0, end - self._longest_chinese), end):
                length = end - start
                if (length > 1 or end == len(run)) and (run[start:end],) in self._entries:
                    gain = best[start] + length * length
                    if gain > best[end]:
                        best[end], begins[end] = gain, start
        hits, end = [], len(run)
        while end > 0:
            start = begins[end]
            if start < 0:
                end -= 1
                continue
            word = run[start:end]
            hits.append(self._entries[(word,)].hit(word, token.start + start, token.start + end, header=header))
            end = start
        yield from reversed(hits)

    def _apart(self, token: Token) -> tuple[Token, ...]:
        """Known words that a word of a column name is made of, the fewest; itself where there are none."""
        word = token.stem
        if token.chinese or not 6 <= len(word) <= 40 or (word,) in self._entries or self._open([token]) is not None:
            return (token,)
        found = fewest_pieces(word, self._pieces, longest=_LONGEST_PIECE)
        if found is None or max(map(len, found)) <= _SHORTEST_PIECE:
            return (token,)
        return tuple(Token(piece, token.start, token.end) for piece in found)

    def _entry(self, word: Term) -> _Entry:
        if word[-1].endswith("*"):
            return self._prefixes.setdefault(word[-1][:-1], _Entry())
        return self._entries.setdefault(word, _Entry())

    def _add(self, sector: str, domain: str | None, spoken: Vocabulary) -> None:
        for words, weight in ((spoken.strong, STRONG), (spoken.words, PLAIN), (spoken.weak, WEAK)):
            for word in words:
                self._entry(word).prose += (Meaning(sector, domain, weight),)
        for words, weight in ((spoken.headers, PLAIN), (spoken.weak_headers, WEAK)):
            for word in words:
                self._entry(word).header += (Meaning(sector, domain, weight),)
        for names, weight, table in (
            (spoken.units, PLAIN, self.units),
            (spoken.systems, STRONG, self.systems),
            (spoken.types, PLAIN, self.types),
            (spoken.weak_types, WEAK, self.types),
        ):
            for name in sorted(names):
                table[name] = (*table.get(name, ()), Meaning(sector, domain, weight))


def _points(entry: _Entry) -> bool:
    return any(meaning.weight >= PLAIN for meaning in entry.prose)


_LEXICONS: dict[int, tuple[Categories, Lexicon]] = {}


def lexicon_of(categories: Categories) -> Lexicon:
    """The lexicon of a classification, made once for each object."""
    known: Mapping[int, tuple[Categories, Lexicon]] = _LEXICONS
    found = known.get(id(categories))
    if found is None or found[0] is not categories:
        if len(_LEXICONS) >= 8:
            _LEXICONS.clear()
        found = _LEXICONS[id(categories)] = (categories, Lexicon(categories))
    return found[1]
