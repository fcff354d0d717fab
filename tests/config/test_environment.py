"""Settings from the environment: secrets have versions, and the newest is the one in use."""

import json
from pathlib import Path

import pytest

from config import environment


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("VAULT_KEY", "VAULT_KEY_2", "VAULT_KEY_3", "VAULT_KEY_4"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EXCHANGE_STATE", str(tmp_path))
    return tmp_path


def test_a_secret_that_nobody_set_is_made_once(state: Path) -> None:
    first = environment.versioned_secrets("VAULT_KEY", production=False)
    assert environment.versioned_secrets("VAULT_KEY", production=False) == first
    assert list(first) == [1]
    assert json.loads((state / "secrets.json").read_text()) == {"VAULT_KEY": first[1]}
    assert (state / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_later_versions_come_beside_the_first(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = environment.versioned_secrets("VAULT_KEY", production=False)[1]
    monkeypatch.setenv("VAULT_KEY_2", "second")
    assert environment.versioned_secrets("VAULT_KEY", production=False) == {1: first, 2: "second"}
    monkeypatch.setenv("VAULT_KEY_4", "after a gap")
    with pytest.raises(RuntimeError, match="VAULT_KEY_3 is not set"):
        environment.versioned_secrets("VAULT_KEY", production=False)
    monkeypatch.setenv("VAULT_KEY_3", "third")
    assert list(environment.versioned_secrets("VAULT_KEY", production=False)) == [1, 2, 3, 4]


@pytest.mark.parametrize("name", ["VAULT_KEY_02", "VAULT_KEY_1", "VAULT_KEY_0"])
def test_a_mistyped_version_is_refused(state: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "a secret under a strange name")
    with pytest.raises(RuntimeError, match="numbered from VAULT_KEY_2 on"):
        environment.versioned_secrets("VAULT_KEY", production=False)


def test_the_oldest_versions_may_be_taken_away(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_KEY_2", "second")
    monkeypatch.setenv("VAULT_KEY_3", "third")
    assert environment.versioned_secrets("VAULT_KEY", production=True) == {2: "second", 3: "third"}
    assert not (state / "secrets.json").exists()


def test_production_makes_up_no_secret(state: Path) -> None:
    with pytest.raises(RuntimeError, match="VAULT_KEY is not set"):
        environment.versioned_secrets("VAULT_KEY", production=True)
    assert not (state / "secrets.json").exists()


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        (
            "postgresql://me:p%40ss@db.example:5433/data?sslmode=require",
            {"NAME": "data", "USER": "me", "PASSWORD": "p@ss", "HOST": "db.example", "PORT": "5433"},
        ),
        ("postgresql://me:x@/data?host=%2Ftmp%2Fdx", {"NAME": "data", "HOST": "/tmp/dx", "PORT": ""}),
    ],
)
def test_a_database_url(url: str, wanted: dict[str, str]) -> None:
    found = environment.database(url)
    assert {key: found[key] for key in wanted} == wanted
    assert found["OPTIONS"] == ({"sslmode": "require"} if "sslmode" in url else {})


def test_other_databases_are_refused() -> None:
    with pytest.raises(RuntimeError, match="postgresql"):
        environment.database("sqlite:///x")
