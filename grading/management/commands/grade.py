"""`manage.py grade FILE…`: examine data files where they lie. Needs no database; stores nothing."""

import json
import logging
import os
import re
import shutil
import sys
import tomllib
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from foundation.confined import Killed
from foundation.errors import InvalidInput
from foundation.wording import said
from grading import wording
from grading.declaring.declaration import checked_declaration
from grading.engine.quality import parse_quality_profile
from grading.engine.readers import UnreadableFile
from grading.engine.rules import RuleSet
from grading.report.examining import NoRegularFile, examine_file
from grading.report.page import page
from grading.report.plaintext import json_line, printable
from grading.report.progress import progress_bar
from grading.report.record import record_of
from grading.rulebook import load_scheme
from grading.rules.elsewhere import require_level
from grading.rules.level_schemes import shipped_schemes
from grading.rules.shipped import shipped_rules

T = TypeVar("T")
UNREADABLE: Final = 2
INTERRUPTED: Final = 130
LISTED: Final = 20
LANGUAGES: Final[Mapping[str, str]] = {"zh": "zh-hans", "en": "en", "c": "en", "posix": "en"}
"""Language of a locale → language of the report."""


class Command(BaseCommand):
    """The command `grade`."""

    help = (
        "Profile data files, score their quality (GB/T 36344-2018), find sensitive columns and recommend category and"
        " level (GB/T 43697-2024). Needs no database and stores nothing."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Files, forms of the answer, and what a provider would declare about the data."""
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument("--json", action="store_true", help="one JSON object a file on standard output, one a line")
        parser.add_argument(
            "--findings", type=_count, default=LISTED, metavar="N|all",
            help="how many findings are listed, the surest first; all: every one, row by row (default: %(default)s)",
        )  # fmt: skip
        parser.add_argument(
            "--lang", type=str.lower, choices=[code for code, _name in settings.LANGUAGES],
            help="language of the report (default: what LANGUAGE, LC_ALL, LC_MESSAGES or LANG say)",
        )  # fmt: skip
        parser.add_argument("--as-of", type=_day, metavar="DATE", help="the day to judge by (default: today)")
        parser.add_argument(
            "--in-process", action="store_true",
            help="read the files in this process, not in a confined child with limits: for files that you trust",
        )  # fmt: skip
        rules = parser.add_argument_group("rules", "Those that are not given are the files shipped with this version.")
        rules.add_argument("--scheme", type=Path, metavar="TOML", help="grading scheme")
        rules.add_argument("--quality-profile", type=Path, metavar="TOML", help="weights of the quality score")
        declared = parser.add_argument_group(
            "declared", "What a provider declares about the data, for all files alike."
        )
        declared.add_argument("--declared", type=Path, metavar="JSON", help="a file with all of it, as in the API")
        declared.add_argument(
            "--schema", type=Path, metavar="JSON", help="a Table Schema that every cell is held against"
        )
        for name in ("title", "description", "licence", "sector", "origin", "update-frequency"):
            declared.add_argument(f"--{name}", metavar="TEXT")
        for name in ("modified-on", "temporal-start", "temporal-end"):
            declared.add_argument(f"--{name}", metavar="DATE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Examine one file after the other. Exit 2 when one of them could not be read, 130 when interrupted."""
        language = options["lang"] or _language_of_the_environment()
        with translation.override(language), _tracebacks(wanted=options["verbosity"] >= 2):
            try:
                failed = self._grade(options)
                self.stdout.flush()
            except KeyboardInterrupt:
                sys.exit(INTERRUPTED)
            except BrokenPipeError:  # who reads has enough, as `head` does
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                sys.exit(1)
        if failed:
            sys.exit(UNREADABLE)

    def _grade(self, options: Mapping[str, Any]) -> bool:
        """Whether a file could not be read."""
        rules, given = _rules(options)
        declared = _declared(options)
        today = options["as_of"] or timezone.localdate()
        failed = False
        for path in options["files"]:
            try:
                with progress_bar(path.name, wanted=sys.stderr.isatty()) as report:
                    found = examine_file(
                        path,
                        declared=declared,
                        rules=rules,
                        today=today,
                        confine=not options["in_process"],
                        report=report,
                    )
            except (UnreadableFile, NoRegularFile) as problem:
                failed = True
                self.stderr.write(f"{printable(str(path), 1000)}: {_sentence(problem)}")
                continue
            except Killed as error:
                raise CommandError(
                    _("%(file)s: the process that read it was ended from outside (%(reason)s). Try again.")
                    % {"file": printable(str(path), 1000), "reason": error.reason}
                ) from error
            record = record_of(str(path), found, rules=rules, findings=options["findings"]) | {"rules": given}
            self._say(record, options)
        return failed

    def _say(self, record: dict[str, Any], options: Mapping[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json_line(record, getattr(self.stdout, "encoding", None)))
            return
        terminal = self.stdout.isatty()
        text = page(
            record,
            width=shutil.get_terminal_size().columns if terminal else None,
            colours=(terminal or options["force_color"]) and not options["no_color"] and not os.environ.get("NO_COLOR"),
        )
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"
        self.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


@contextmanager
def _tracebacks(*, wanted: bool) -> Iterator[None]:
    """What breaks a reader is said in one line; that it is logged with its traceback besides is for developers."""
    log = logging.getLogger("foundation.confined")
    usual = log.level
    if not wanted:
        log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(usual)


def _sentence(problem: UnreadableFile | NoRegularFile) -> str:
    if isinstance(problem, UnreadableFile):
        return wording.sentence(problem.code, problem.params)
    return _("This is a folder or a device. Name a file.")


def _count(text: str) -> int | None:
    if text == "all":
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise ArgumentTypeError("a number, or all")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError("a date as YYYY-MM-DD") from error


def _language_of_the_environment() -> str:
    """The first of our languages that LANGUAGE, LC_ALL, LC_MESSAGES or LANG names, else that of the settings."""
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        for wanted in os.environ.get(variable, "").split(":"):
            if code := LANGUAGES.get(re.split("[_.@-]", wanted.lower())[0]):
                return code
    return str(settings.LANGUAGE_CODE)


def _rules(options: Mapping[str, Any]) -> tuple[RuleSet, dict[str, str | None]]:
    """The rules, and by kind the file that was given for them. CommandError for a file that cannot be used."""
    rules = shipped_rules()
    given: dict[str, str | None] = {"scheme": None, "quality_profile": None}
    if path := options["scheme"]:
        rules, given["scheme"] = replace(rules, scheme=_loaded(path, load_scheme)), str(path)
    if path := options["quality_profile"]:
        rules, given["quality_profile"] = replace(rules, quality=_loaded(path, parse_quality_profile)), str(path)
    return rules, given


def _unusable(problem: str) -> CommandError:
    return CommandError(printable(problem, 4000), returncode=UNREADABLE)


def _loaded(path: Path, load: Callable[[Mapping[str, Any]], T]) -> T:
    try:
        return load(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise _unusable(f"{path}: {error}") from error


def _json_object(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _unusable(f"{path}: {error}") from error
    if not isinstance(found, dict):
        problem = _("Not a JSON object.")
        raise _unusable(f"{path}: {problem}")
    return found


def _declared(options: Mapping[str, Any]) -> dict[str, Any]:
    """The checked declaration. CommandError naming each field that cannot be read."""
    declared: dict[str, Any] = {}
    if path := options["declared"]:
        declared = _json_object(path)
    if path := options["schema"]:
        declared["table_schema"] = _json_object(path)
    for name in (
        "title", "description", "licence", "sector", "origin", "update_frequency", "modified_on", "temporal_start",
        "temporal_end",
    ):  # fmt: skip
        if options[name] is not None:
            declared[name] = options[name]
    try:
        checked = checked_declaration(declared)
        if "graded_elsewhere" in checked:
            require_level(checked, shipped_schemes(), at="/declared")
        return checked
    except InvalidInput as error:
        problems = [f"{field.pointer}: {said(field.message, field.params)}" for field in error.fields]
        raise _unusable("; ".join(problems)) from error
