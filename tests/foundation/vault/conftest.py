"""A vault of its own for each test."""

from pathlib import Path
from typing import Any

import pytest

from foundation.actors import system

ACTOR = system("test")


@pytest.fixture(autouse=True)
def vault_folder(tmp_path: Path, settings: Any) -> Path:
    """VAULT_DIR and STATE_DIR in an empty folder."""
    settings.STATE_DIR = tmp_path
    settings.VAULT_DIR = tmp_path / "vault"
    return tmp_path / "vault"


def files(folder: Path) -> list[Path]:
    """Every file below `folder`."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
