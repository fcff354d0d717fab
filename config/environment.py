"""Where settings come from: environment variables first, else the state folder of this checkout.

Secrets that nobody set are generated once and kept in STATE/secrets.json (mode 0600), so that an embedded
installation survives restarts and no secret is ever a default written in code.
"""

import base64
import fcntl
import json
import os
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

PROJECT = Path(__file__).resolve().parent.parent


def number(name: str, usual: int) -> int:
    """A whole number, as the variable says or as usual."""
    return int(os.environ.get(name) or usual)


def flag(name: str, default: bool = False) -> bool:
    """A boolean variable: 1/true/yes/on in any case."""
    value = os.environ.get(name, "")
    return value.lower() in {"1", "true", "yes", "on"} if value else default


def state_folder() -> Path:
    """The folder for data of this installation: EXCHANGE_STATE, else `.state` of the checkout."""
    folder = Path(os.environ.get("EXCHANGE_STATE") or PROJECT / ".state").resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def secret(name: str, *, production: bool) -> str:
    """The secret `name` from the environment, else from STATE/secrets.json, made on first use.

    In production an unset secret is an error: containers must not each make up their own.
    """
    if value := os.environ.get(name):
        return value
    if production:
        raise RuntimeError(f"{name} is not set: production needs it in the environment (see docs/operations.md)")
    path = state_folder() / "secrets.json"
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        text = file.read()
        kept: dict[str, str] = json.loads(text) if text else {}
        if name not in kept:
            kept[name] = base64.b64encode(secrets.token_bytes(32)).decode()
            file.seek(0)
            file.truncate()
            json.dump(kept, file)
            file.flush()
            os.fsync(file.fileno())
        return kept[name]


def versioned_secrets(name: str, *, production: bool) -> dict[int, str]:
    """Version → secret: `name` is version 1; NAME_2, NAME_3 and so on, from the environment alone, come after it.

    A key that is replaced stays while anything is read with it; the oldest ones may be taken away then. RuntimeError
    for a version that is missing between two others, and for a mistyped number: a key that is overlooked would be
    noticed only when its files cannot be read.
    """
    found: dict[int, str] = {}
    for variable, value in os.environ.items():
        if value and (later := re.fullmatch(rf"{name}_(\d+)", variable)):
            if later[1] != str(int(later[1])) or int(later[1]) < 2:
                raise RuntimeError(
                    f"{variable}: versions of {name} are numbered from {name}_2 on, without leading zeros"
                )
            found[int(later[1])] = value
    if os.environ.get(name) or not (production and found):
        found[1] = secret(name, production=production)
    for version in range(min(found), max(found)):
        if version not in found:
            missing = name if version == 1 else f"{name}_{version}"
            raise RuntimeError(f"{missing} is not set, though older and newer versions are (see docs/operations.md)")
    return dict(sorted(found.items()))


def database(url: str) -> dict[str, Any]:
    """Django's DATABASES entry for a libpq URL, sockets in `?host=` included; other query keys become OPTIONS."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise RuntimeError("DATABASE_URL must be a postgresql:// URL: other databases are not supported")
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.pop("host", "") or parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "OPTIONS": {key: unquote(value) for key, value in query.items()},
    }
