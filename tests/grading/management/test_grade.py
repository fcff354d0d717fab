"""`manage.py grade`: what it says and where, with nothing behind it: no database, no broker."""

import io
import json
import logging
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from foundation.confined import Killed
from grading.engine.readers import UnreadableFile
from grading.management.commands import grade
from tests.grading.samples import NO_TABLE, hospital, observations

PROJECT = Path(__file__).resolve().parents[3]
NOWHERE = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EXCHANGE_STATE": str(settings.STATE_DIR),
}


@pytest.fixture
def patients(tmp_path: Path) -> Path:
    path = tmp_path / "住院.csv"
    path.write_bytes(hospital())
    return path


@pytest.fixture
def weather(tmp_path: Path) -> Path:
    path = tmp_path / "weather.csv"
    path.write_bytes(observations())
    return path


def run(*arguments: Any, **options: Any) -> str:
    out = io.StringIO()
    call_command("grade", *map(str, arguments), in_process=True, stdout=out, **options)
    return out.getvalue()


def outside(*arguments: Any, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "manage.py", "grade", *map(str, arguments)]
    return subprocess.run(command, cwd=PROJECT, env=NOWHERE | environment, capture_output=True, check=False)


def test_without_a_database_in_a_confined_child(patients, tmp_path):
    missing = tmp_path / "missing.csv"
    done = outside("--json", missing, tmp_path, patients, LANGUAGE="zh_CN:en")

    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(record["file"], record["rows"], record["level"]) for record in records] == [
        (str(patients), 120, "general_4")
    ]
    complaints = done.stderr.decode().splitlines()
    assert [line.partition(": ")[0] for line in complaints] == [str(missing), str(tmp_path)]
    assert complaints[0].endswith(": 文件不存在或无法打开。")
    assert done.returncode == 2
    names = records[0]["columns"][0]
    assert (names["name"], names["sensitive_type"], names["personal"]) == ("姓名", "person_name", True)
    assert {value["value"] for value in names["top_values"]} == {"文文"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (NO_TABLE, "Files of the kind png are not read. Upload CSV, TSV, JSON Lines, Parquet or XLSX."),
        (b"", "The file holds no data. Upload a file with a header row and at least one record."),
    ],
)
def test_what_is_no_table_is_said_in_one_line_and_the_others_are_examined(tmp_path, weather, content, sentence):
    path, out, complaints = tmp_path / "a\x1b.csv", io.StringIO(), io.StringIO()
    path.write_bytes(content)
    with pytest.raises(SystemExit) as ended:
        call_command("grade", str(path), str(weather), json=True, in_process=True, stdout=out, stderr=complaints)
    assert ended.value.code == 2
    assert complaints.getvalue() == f"{tmp_path}/a\\x1b.csv: {sentence}\n"
    assert [json.loads(line)["rows"] for line in out.getvalue().splitlines()] == [60]


def test_the_record(weather):
    (line,) = run("--json", weather, as_of=grade._day("2024-06-01")).splitlines()
    record = json.loads(line)
    assert (record["format"], record["encoding"], record["delimiter"], record["rows"]) == ("csv", "utf-8", ",", 60)
    hour = record["columns"][0]
    assert {key: hour[key] for key in ("name", "type", "nulls", "distinct", "sensitive_type", "personal")} == {
        "name": "hour", "type": "integer", "nulls": 0, "distinct": 60, "sensitive_type": None, "personal": False,
    }  # fmt: skip
    quality = record["quality"]
    low, high = quality["interval"]
    assert 0 <= low <= quality["overall"] <= high <= 100
    assert quality["interval_method"] == "wilson_and_detection"
    assert quality["dimensions"]["timeliness"] == {"score": None, "interval": None, "coverage": 0.0, "weight": 10.0}
    assert quality["assessed_on"] == "2024-06-01"
    assert (record["level"], record["category"]) == ("general_1", "meteorology/weather_observation/object_information")
    assert record["findings"] == []
    assert record["rules"] == {"scheme": None, "quality_profile": None}
    assert record["versions"]["scheme"] == "national@1.2"


def test_what_is_declared_is_judged(weather, tmp_path):
    declared = tmp_path / "declared.json"
    declared.write_text(json.dumps({"columns": {"hour": "date"}, "update_frequency": "monthly", "sector": "health"}))
    options = {
        "declared": declared,
        "modified_on": "2024-05-31",
        "sector": "transport",
        "as_of": grade._day("2024-06-01"),
    }
    record = json.loads(run("--json", weather, **options))
    assert record["quality"]["dimensions"]["timeliness"]["score"] == 100.0
    assert (record["category"].partition("/")[0], record["category_declared"]) == ("transport", True)
    assert [(item["kind"], item["column"], item["count"]) for item in record["findings"]] == [
        ("declared_type_mismatch", "hour", 60)
    ]


def test_what_is_declared_moves_the_level_and_flags(weather, tmp_path):
    declared = tmp_path / "declared.json"
    said = {
        "elements": {"importance": ["lifeline_service"], "areas": ["military"]},
        "derivation": {"sources": [{"level": "general_3", "name": "Register"}], "processing": ["aggregated"]},
    }
    declared.write_text(json.dumps(said))
    record = json.loads(run("--json", weather, declared=declared))
    assert (record["level"], record["degree"], record["matrix_cell"]) == ("general_4", "especially_serious", "general")
    assert record["harmed_object"] == "organisation_rights"
    assert [(reason["code"], reason["element"], reason["certainty"]) for reason in record["level_reasons"]] == [
        ("lifeline_service", "importance", "U"), ("derived_without_reason", "", ""),
        ("possibly_above_general", "", "U"),
    ]  # fmt: skip
    (flag,) = record["flags"]
    assert {key: flag[key] for key in ("code", "rule", "harmed_object", "degree", "matrix_cell", "detail")} == {
        "code": "possibly_important", "rule": "sensitive_area", "harmed_object": "national_security",
        "degree": "general", "matrix_cell": "important",
        "detail": "The data describes military areas and may be important data.",
    }  # fmt: skip
    assert record["elements"]["areas"] == ["military"]
    text = run(weather, declared=declared)
    for line in (
        "Recommended level  general 4",
        "Matrix             rights of organisations · especially serious harm → general data",
        "• The data may be important or core: until people decide it is not below what general data can be, at least",
        "• Derived from data graded general 3: without a stated reason it is not below, at least general 3.",
        "! possibly important data: people decide. The data describes military areas and may be important data. [this",
        "national security · general harm → important data",
        "importance    lifeline services such as water, power and heat",
        "derived from  Register (general 3); aggregated",
    ):
        assert line in text, line
    declared.write_text(json.dumps({"elements": {"areas": ["moon"]}}))
    with pytest.raises(CommandError, match="/declared/elements/areas/0: Give one of: border"):
        run(weather, declared=declared)


def test_the_level_of_a_shipped_scheme_raises(weather, tmp_path):
    declared = tmp_path / "declared.json"
    declared.write_text(json.dumps({"graded_elsewhere": {"scheme": "telecom", "level": "level_4"}}))
    record = json.loads(run("--json", weather, declared=declared))
    assert (record["level"], [flag["code"] for flag in record["flags"]]) == ("general_4", ["possibly_important"])
    assert record["elements"]["graded_elsewhere"]["strictest"] == "important"
    assert "graded elsewhere" in run(weather, declared=declared)
    declared.write_text(json.dumps({"graded_elsewhere": {"scheme": "telecom", "level": "level_9"}}))
    with pytest.raises(CommandError, match=r"/declared/graded_elsewhere/level: .*Known: level_1, level_2"):
        run(weather, declared=declared)


def test_without_harm_the_cell_is_general(weather):
    record = json.loads(run("--json", weather))
    assert (record["harmed_object"], record["degree"], record["matrix_cell"]) == (None, "none", "general")
    assert "Matrix             no harm → general data" in run(weather)


def test_every_cell_is_held_against_a_schema(tmp_path):
    path, schema = tmp_path / "t.csv", tmp_path / "schema.json"
    path.write_text("id,x\n1,a\n2,b\n1,c\n", encoding="utf-8")
    schema.write_text(json.dumps({"fields": [{"name": "id", "type": "integer"}, {"name": "y"}], "primaryKey": "id"}))
    record = json.loads(run("--json", path, schema=schema))
    told = [(item["row"], item["column"], item["kind"], item["evidence"]) for item in record["findings"]]
    assert told == [
        (2, "id", "primary_key", "Row 3 repeats the primary key (id) of an earlier row."),
        (None, "x", "rule_fields", "Column 2 is called “x”; the schema calls it “y”."),
    ]
    assert record["quality"]["dimensions"]["accuracy"]["coverage"] > 0
    schema.write_text("[]")
    with pytest.raises(CommandError, match="Not a JSON object"):
        run(path, schema=schema)
    schema.write_text('{"fields": []}')
    with pytest.raises(CommandError, match="/declared/table_schema/fields: Give a list"):
        run(path, schema=schema)


def test_rules_of_ones_own(weather, tmp_path):
    shipped = PROJECT / "grading/schemes/quality_profile_default.toml"
    own = tmp_path / "own.toml"
    own.write_text(shipped.read_text().replace('version = "1.2"', 'version = "7"', 1))
    record = json.loads(run("--json", weather, quality_profile=own))
    assert record["versions"]["quality_profile"] == "default@7"
    assert record["rules"] == {"scheme": None, "quality_profile": str(own)}
    own.write_text("code = 1")
    with pytest.raises(CommandError, match="code is missing or no text") as refused:
        run(weather, quality_profile=own)
    assert refused.value.returncode == 2


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        ({"modified_on": "yesterday"}, "/declared/modified_on: Give a date"),
        ({"titel": "x"}, "/declared/titel: Not known"),
    ],
)
def test_a_declaration_that_cannot_be_read_is_named(weather, tmp_path, declared, problem):
    path = tmp_path / "declared.json"
    path.write_text(json.dumps(declared))
    with pytest.raises(CommandError, match=problem):
        run(weather, declared=path)


def test_the_page(patients):
    text = run(patients)
    assert "Rows           120" in text
    assert "身份证号   text                0%        120   Resident identity number" in text
    assert "Resident identity number         sensitive         0.97   The column name contains “身份证号”." in text
    assert "Recommended level  general 4" in text
    assert "• 姓名, 身份证号" in text
    assert "timeliness at a point in time  The listing does not say when the data was last modified." in text
    assert "The rule files shipped with this version; an exchange may have released others." in text
    assert "\x1b" not in text
    assert all(line == line.rstrip() for line in text.splitlines())


def test_the_page_speaks_chinese(patients):
    text = run(patients, lang="zh-hans")
    assert "居民身份证号" in text
    assert "挂牌未说明数据的最近修改时间。" in text


def test_a_strangers_file_cannot_act_on_the_terminal(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_bytes("\x9d0;title a,\u202e[b]c\n\x9b2J1,\u202e2\n\x9b2J1,\u202e2\n".encode())
    text = run(path)
    assert not {"\x9b", "\x9d", "\u202e"} & set(text)
    assert "\\x9d0;title a   " in text
    assert "\\u202e[b]c" in text


def test_a_strangers_rules_cannot_act_on_the_terminal(weather, tmp_path):
    shipped = PROJECT / "grading/schemes/quality_profile_default.toml"
    rules, declared = tmp_path / "rules.toml", tmp_path / "declared.json"
    rules.write_text(shipped.read_text().replace('version = "1.2"', 'version = "\\u001b[2J"', 1))
    text = run(weather, quality_profile=rules)
    assert "\x1b" not in text
    assert "quality_profile default@\\x1b[2J" in text
    rules = tmp_path / "\x1b[2J.toml"
    declared.write_text(json.dumps({"\x1b[2J": "x"}))
    for given in ({"quality_profile": rules}, {"declared": declared}):
        with pytest.raises(CommandError, match=re.escape("\\x1b[2J")) as refused:
            run(weather, **given)
        assert "\x1b" not in str(refused.value)
        assert refused.value.returncode == 2


def test_findings_are_cut_where_asked(tmp_path):
    path = tmp_path / "dirty.csv"
    path.write_text("a,b\n1,\n,2\n3,N/A\n")
    assert "2 more findings: --findings all lists them." in run(path, findings=1)
    assert "more finding" not in run(path, findings=None)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANGUAGE": "fr:zh_TW:en", "LANG": "en_US.UTF-8"}, "zh-hans"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "fr_FR"}, "en"),
    ],
)
def test_the_language_of_the_environment(monkeypatch, environment, language):
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    assert grade._language_of_the_environment() == language


def test_an_interrupt_ends_with_130(monkeypatch, weather):
    def interrupted(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(grade, "examine_file", interrupted)
    with pytest.raises(SystemExit) as ended:
        run(weather)
    assert ended.value.code == 130


def test_a_child_that_was_ended_from_outside_is_no_fault_of_the_file(monkeypatch, weather):
    def ended(*_args: object, **_options: object) -> None:
        raise Killed("SIGKILL")

    monkeypatch.setattr(grade, "examine_file", ended)
    with pytest.raises(CommandError, match=r"ended from outside \(SIGKILL\)") as told:
        run(weather)
    assert told.value.returncode == 1


@pytest.mark.parametrize(("verbosity", "logged"), [(1, []), (2, ["its traceback"])])
def test_what_breaks_a_reader_is_logged_for_developers_alone(monkeypatch, caplog, weather, verbosity, logged):
    log = logging.getLogger("foundation.confined.calling")

    def broken(*_args: Any, **_kwargs: Any) -> None:
        log.error("its traceback")
        raise UnreadableFile("empty_file")

    monkeypatch.setattr(grade, "examine_file", broken)
    with pytest.raises(SystemExit):
        run(weather, verbosity=verbosity, stderr=io.StringIO())
    assert caplog.messages == logged
    log.error("of another call")
    assert caplog.messages == [*logged, "of another call"], "the process logs as it did before"


def test_a_terminal_shows_progress_and_ctrl_c_ends_it(tmp_path):
    """On a terminal of its own; the file is long enough to be interrupted, and its child does not outlive it."""
    path = tmp_path / "long.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n3,4\n5,6\n7,8\n" * 2_000_000)
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(PROJECT)
        os.execvpe(sys.executable, [sys.executable, "manage.py", "grade", str(path)], NOWHERE | {"TERM": "xterm"})
    seen = b""
    while b"long.csv: " not in seen:
        seen += os.read(terminal, 4096)
    os.kill(pid, signal.SIGINT)
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        seen += piece
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 130
    assert b"Traceback" not in seen
    assert "━".encode() in seen
