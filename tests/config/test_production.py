"""The settings as an installation has them: Django finds nothing to warn of, and no secret has a default."""

import base64
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
SETTINGS = (PROJECT / "config" / "settings.py").read_text(encoding="utf-8")
SECRETS = re.findall(r'secrets?\("([A-Z_]+)", production=PRODUCTION', SETTINGS)


def _made_up(name: str) -> str:
    """As docs/operations.md has them made: 32 bytes, 48 for Django's own, in base64."""
    digest = hashlib.sha512(name.encode()).digest()
    return base64.b64encode(digest[: 48 if name == "SECRET_KEY" else 32]).decode()


def _check(folder: Path, *, without: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    environment |= {name: _made_up(name) for name in SECRETS if name != without}
    environment |= {
        "EXCHANGE_PRODUCTION": "1",
        "EXCHANGE_STATE": str(folder),
        "ALLOWED_HOSTS": "exchange.example",
        "DATABASE_URL": "postgresql://exchange@127.0.0.1:1/exchange",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        **more,
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=120)


def test_the_production_settings_are_ready_to_deploy(tmp_path: Path) -> None:
    done = _check(tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "System check identified no issues (0 silenced)."), done.stderr
    assert not (tmp_path / "secrets.json").exists()


def test_all_secrets_are_known_here() -> None:
    assert {"SECRET_KEY", "AUDIT_KEY", "VAULT_MASTER_KEY", "DELIVERY_KEY", "ACCOUNT_KEY"} <= set(SECRETS)


@pytest.mark.parametrize("name", ["SECRET_KEY", "ACCOUNT_KEY"])
def test_production_makes_up_no_secret(tmp_path: Path, name: str) -> None:
    done = _check(tmp_path, without=name)
    assert done.returncode != 0
    assert f"RuntimeError: {name} is not set" in done.stderr
