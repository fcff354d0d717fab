"""The Chinese catalogue is whole: every msgid of the code is in it, translated, and compiled as it is written.

Needs neither GNU gettext nor a network: msgids are read from the syntax trees of the code, from the templates by
Django's own lexer, and from the tables whose texts are translated when they are shown.
"""

import ast
import gettext
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.test import Client
from django.utils.translation import override
from django.utils.translation.template import templatize

from config.machines import MACHINES
from foundation.audit.checking import MEANING
from foundation.errors import DomainError, IllegalTransition
from grading import wording
from grading.engine.levels.reasons import REASONS
from grading.engine.quality.model import FINDINGS, NOT_ASSESSED
from grading.engine.readers.errors import UNREADABLE
from grading.engine.sensitivity.evidence import EVIDENCE
from grading.wording.texts import SENTENCES
from marketplace.api.problem_types import PROBLEM_TYPES, all_errors
from marketplace.api.problems import body_of
from marketplace.authorization import wording as authorization
from marketplace.delivery import wording as delivery
from marketplace.matching import wording as matching

PROJECT = Path(__file__).resolve().parent.parent.parent
CATALOGUE = PROJECT / "locale" / "zh_Hans" / "LC_MESSAGES"
FLOORS = ("config", "foundation", "grading", "marketplace")
TEXTS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[#0 +-]*\d*(?:\.\d+)?[a-zA-Z%]|`[^`]*`")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SAME_IN_BOTH = {"%(reasons)s", "REST API"}
"""What has no words to translate."""


@dataclass
class Entry:
    """One entry of a .po file."""

    line: int
    flags: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """As a .mo file has it."""
        context = self.texts.get("msgctxt")
        return self.texts["msgid"] if context is None else f"{context}\x04{self.texts['msgid']}"

    @property
    def translations(self) -> list[str]:
        return [text for keyword, text in self.texts.items() if keyword.startswith("msgstr")]


@cache
def entries() -> tuple[Entry, ...]:
    """The header and all entries of the .po file; a line of another form is an error."""
    found: list[Entry] = []
    entry, keyword = Entry(1), ""
    lines = (CATALOGUE / "django.po").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate([*lines, ""], start=1):
        if not line:
            if entry.texts:
                found.append(entry)
            entry, keyword = Entry(number + 1), ""
        elif line.startswith("#,"):
            entry.flags += [flag.strip() for flag in line[2:].split(",")]
        elif line.startswith(("#~", "#|")):
            pytest.fail(f"django.po:{number}: remove obsolete and previous texts")
        elif line.startswith("#"):
            continue
        elif match := re.fullmatch(r'(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) )?(".*")', line):
            keyword = match[1] or keyword
            entry.texts[keyword] = entry.texts.get(keyword, "") + ast.literal_eval(match[2])
        else:
            pytest.fail(f"django.po:{number}: not understood")
    return tuple(found)


def messages() -> tuple[Entry, ...]:
    """All entries but the header."""
    return entries()[1:]


def _sources(pattern: str) -> list[Path]:
    found = (path for floor in FLOORS for path in (PROJECT / floor).rglob(pattern))
    return sorted(path for path in found if "migrations" not in path.parts)


@cache
def _calls() -> tuple[tuple[str, ast.Call], ...]:
    """File and node of each call in the code."""
    return tuple(
        (str(path.relative_to(PROJECT)), node)
        for path in _sources("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    )


def _called(node: ast.Call) -> str:
    """The name, with that of what it is an attribute of; `?` for what has none, as a call."""
    func = node.func
    if isinstance(func, ast.Attribute):
        return f"{func.value.id if isinstance(func.value, ast.Name) else '?'}.{func.attr}"
    return func.id if isinstance(func, ast.Name) else "?"


def _text(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _marked(node: ast.Call) -> str | None:
    """The key of the text that a call marks, if it does and the text is a literal."""
    name = _called(node).rpartition(".")[2]
    given = list(itertools.takewhile(lambda text: text is not None, map(_text, node.args)))
    if name in TEXTS and given:
        return str(given[0])
    return f"{given[0]}\x04{given[1]}" if name in WITH_CONTEXT and len(given) > 1 else None


def _of_code() -> Iterator[tuple[str, str]]:
    for path, node in _calls():
        if (key := _marked(node)) is not None:
            yield f"{path}:{node.lineno}", key


def _of_templates() -> Iterator[tuple[str, str]]:
    literal = r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    call = re.compile(rf"(?:\bn?(p?)gettext|(?<!\w)_)\({literal}(?:\s*,\s*{literal})?")
    for path in [*_sources("*.html"), *_sources("templates/**/*.txt")]:
        for match in call.finditer(templatize(path.read_text(encoding="utf-8"))):
            texts = [ast.literal_eval(text) for text in match.groups()[1:] if text]
            yield str(path.relative_to(PROJECT)), "\x04".join(texts[:2]) if match[1] else texts[0]


def _of_tables() -> Iterator[tuple[str, str]]:
    """Texts that are chosen by a code and translated when they are shown."""
    tables: dict[str, Iterable[str]] = {
        "config.machines.MACHINES": [machine.name for machine in MACHINES.values()],
        "foundation.audit.checking.MEANING": MEANING.values(),
        "grading.engine FINDINGS": FINDINGS.values(),
        "grading.engine NOT_ASSESSED": NOT_ASSESSED.values(),
        "grading.engine UNREADABLE": UNREADABLE.values(),
        "grading.engine EVIDENCE": EVIDENCE.values(),
        "grading.engine REASONS": REASONS.values(),
        "grading.wording.NAMES": wording.NAMES.values(),
        "grading.wording.CELLS": wording.CELLS.values(),
        "grading.wording.texts.SENTENCES": SENTENCES.values(),
        "marketplace.authorization.wording.REASONS": authorization.REASONS.values(),
        "marketplace.delivery.wording.PROBLEMS": delivery.PROBLEMS.values(),
        "marketplace.matching.wording.MET": [text for text, _label in matching.MET.values()],
        "marketplace.matching.wording.FAILED": [text for text, _label in matching.FAILED.values()],
        "marketplace.matching.wording.FEATURES": matching.FEATURES.values(),
        "marketplace.matching.wording": [matching.UNKNOWN, matching.WORDS],
        "titles of errors": [error.title for error in all_errors()],
        "marketplace.api.problem_types": [t for p in PROBLEM_TYPES for t in (p.title, p.meaning, p.remedy)],
    }
    for name, texts in tables.items():
        for text in texts:
            yield name, text


def test_the_scan_sees_code_templates_and_contexts() -> None:
    """What the tests below compare with is not empty."""
    tree = ast.parse('_("a" "b"); gettext(x); pgettext_lazy("c", "d"); ngettext("e", "f", 2)')
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert [_marked(node) for node in calls] == ["ab", None, "c\x04d", "e"]
    assert ("grading/templates/admin/grading/grade/review.html", "%(rows)s rows") in set(_of_templates())
    assert len({key for _place, key in _of_code()}) > 700
    assert len(messages()) > 800


def test_every_msgid_of_the_source_is_in_the_catalogue() -> None:
    known = {entry.key for entry in messages()}
    wanted = [*_of_code(), *_of_templates(), *_of_tables()]
    assert [f"{place}: {key!r}" for place, key in wanted if key not in known] == [], "run `make messages`"


def test_the_catalogue_has_nothing_that_the_source_has_not() -> None:
    wanted = {key for _place, key in (*_of_code(), *_of_templates())}
    assert [entry.key for entry in messages() if entry.key not in wanted] == [], "run `make messages`"


def test_every_msgid_is_once_in_the_catalogue() -> None:
    keys = [entry.key for entry in entries()]
    assert sorted(keys) == sorted(set(keys))


def test_every_entry_is_translated() -> None:
    """No empty entry, none that msgmerge guessed, and Chinese where there are words."""
    bad = [
        f"{entry.line}: {entry.key}"
        for entry in messages()
        if "fuzzy" in entry.flags
        or not entry.translations
        or any(not CHINESE.search(text) and entry.key not in SAME_IN_BOTH for text in entry.translations)
    ]
    assert bad == []
    assert {entry.key for entry in messages() if entry.key == entry.translations[0]} == SAME_IN_BOTH


def test_every_translation_keeps_the_placeholders() -> None:
    """Parameters, and `names` of fields and headers, which stay as the API has them."""
    bad = [
        f"{entry.line}: {entry.key}"
        for entry in messages()
        for text in entry.translations
        if sorted(PLACEHOLDER.findall(entry.texts["msgid"])) != sorted(PLACEHOLDER.findall(text))
    ]
    assert bad == []


def test_the_compiled_catalogue_is_the_written_one() -> None:
    """A machine without GNU gettext reads the committed .mo."""
    with (CATALOGUE / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    written: dict[str | tuple[str, int], str] = {}
    for entry in entries():
        if "msgid_plural" in entry.texts:
            written.update({(entry.key, place): text for place, text in enumerate(entry.translations)})
        else:
            written[entry.key] = entry.translations[0]
    created = re.compile(r"^POT-Creation-Date: .*\n", re.MULTILINE)  # msgfmt leaves it out
    written[""] = created.sub("", written[""])
    compiled[""] = created.sub("", compiled[""])
    assert compiled == written, "run `make messages`"


def test_no_error_speaks_an_unmarked_text() -> None:
    """Surfaces translate the messages of errors, so each literal one is marked."""
    place_of_message = {error.__name__: 0 for error in all_errors()} | {"FieldError": 1, "InvalidInput.of": 1}
    bad = []
    for path, node in _calls():
        if (place := place_of_message.get(_called(node))) is None:
            continue
        said = node.args[place : place + 1]
        if any(isinstance(text, ast.JoinedStr) or isinstance(getattr(text, "value", None), str) for text in said):
            bad.append(f"{path}:{node.lineno}")
    assert bad == []


@pytest.mark.parametrize("model", sorted(admin.site._registry, key=str), ids=lambda model: model._meta.label)
def test_the_admin_labels_everything_in_chinese(model: type) -> None:
    page = admin.site._registry[model]
    with override("zh-hans"):
        said = [str(text) for text in (page.opts.app_config.verbose_name, page.opts.verbose_name_plural)]
        for shown in (page, *(inline(page.model, admin.site) for inline in page.inlines)):
            names = {*getattr(shown, "list_display", ()), *(shown.fields or ()), *shown.readonly_fields}
            names |= {f.name for f in shown.opts.fields if not shown.fields and f.name not in (shown.exclude or ())}
            said += [str(label_for_field(name, shown.model, shown)) for name in sorted(names, key=str)]
    assert [text for text in said if not CHINESE.search(text) and text not in {"ID", "SHA-256"}] == []


@pytest.mark.django_db
def test_a_problem_speaks_the_language_that_is_asked_for(client: Client) -> None:
    said = {}
    for language in ("zh-hans", "zh-CN,zh;q=0.9", "en"):
        answer = client.get("/api/v1/demands", headers={"Accept-Language": language})
        assert answer.status_code == 401
        said[language] = answer.json()["detail"]
    assert said == {
        "zh-hans": "请使用 API 密钥认证或登录。",
        "zh-CN,zh;q=0.9": "请使用 API 密钥认证或登录。",
        "en": "Authenticate with an API key or sign in.",
    }


def test_a_refused_step_names_the_machine_in_chinese() -> None:
    error: DomainError = IllegalTransition(machine="Listing version", event="publish", state="draft")
    with override("zh-hans"):
        assert body_of(error)["detail"] == "挂牌版本处于“draft”状态，不能执行“publish”。"
    with override("en"):
        assert body_of(error)["detail"] == "Listing version: 'publish' is not possible in state 'draft'."
