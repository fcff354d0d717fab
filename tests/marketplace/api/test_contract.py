"""The running server keeps to its OpenAPI document, whatever is sent: Schemathesis against gunicorn, in several roles.

`make schemathesis` sends more of it; SCHEMATHESIS_EXAMPLES is the number of examples an operation and role.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.factories import World
from tests.marketplace.api.scene import Scene
from tests.marketplace.api.test_schema import document
from tests.serving import Server

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "1"))
SEED = os.environ.get("SCHEMATHESIS_SEED", "1")
ROLES = ("exchange", "provider", "buyer", "anonymous")
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,negative_data_rejection,ignored_auth"
)
REJECTED = """
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "410", "411", "412", "413", "415", "422", "428"]
"""
"""What is sent against the document is refused, with any of the reasons; a malformed If-Match matches nothing (412)."""
SERIALIZERS = """
import schemathesis

for media_type in ("application/x-ndjson", "application/offset+octet-stream"):
    schemathesis.serializer.alias(media_type, "application/octet-stream")
"""
PERSON_IN_THE_WAY = ("people_deactivate", "members_end", "keys_revoke", "keys_rotate", "organisations_suspend")
"""Operations by which a role would take its own key away and test nothing afterwards."""


@pytest.fixture
def server(transactional_db: None, tmp_path: Path) -> Iterator[str]:
    """The address of gunicorn on the test database, without limits: the run is many requests of one key."""
    unlimited = dict.fromkeys(
        (f"THROTTLE_{name}" for name in ("KEY", "ADDRESS", "REGISTRATION", "INVITATION", "UPLOAD", "DOWNLOAD")), ""
    )
    running = Server(tmp_path, "--threads", "4", environment=unlimited)
    yield running.address
    running.stop()


def config_of(scene: Scene, token: str | None) -> str:
    """Schemathesis' own file: numbers of what exists for most of the path parameters, a key, and what to expect."""
    lines, bindings = ['hooks = "serializers.py"', REJECTED], []
    for name, value in scene.names.items():
        if isinstance(value, int):
            lines += [f"[dictionaries.{name}]", f"values = [{value}]"]
            bindings += [f'"path.{name}" = {{ dictionary = "{name}", probability = 0.7 }}']
    lines += ["[parameters]", *bindings, f'"path.token" = "{scene.names["token"]}"']
    if token is not None:
        lines += ["[headers]", f'Authorization = "Bearer {token}"']
    return "\n".join(lines)


def run(server: str, folder: Path, scene: Scene, role: str) -> subprocess.CompletedProcess[str]:
    """What Schemathesis says of the server, asked as `role`."""
    folder.mkdir()
    token = None if role == "anonymous" else getattr(scene.world, role).token
    (folder / "schemathesis.toml").write_text(config_of(scene, token))
    (folder / "openapi.json").write_text(json.dumps(document()))  # read many times faster than YAML
    (folder / "serializers.py").write_text(SERIALIZERS)
    excluded = [part for name in PERSON_IN_THE_WAY for part in ("--exclude-operation-id", name)]
    return subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", str(folder / "openapi.json"), "--url", server,
         "--checks", CHECKS, "--phases", "examples,fuzzing", "--max-examples", str(EXAMPLES), "--seed", SEED,
         "--no-shrink", "--continue-on-failure", "--warnings", "off", "--suppress-health-check", "all",
         "--generation-database", "none", *excluded],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=3600,
        check=False,
    )  # fmt: skip


def test_the_server_keeps_to_its_document(server: str, tmp_path: Path) -> None:
    scene = Scene(World())
    with ThreadPoolExecutor(2) as two:
        found = list(two.map(lambda role: run(server, tmp_path / role, scene, role), ROLES))
    for role, outcome in zip(ROLES, found, strict=True):
        said = outcome.stdout + outcome.stderr
        print(role, re.findall(r"^ *(?:Tested:.*|[0-9]+ generated.*)$", said, re.MULTILINE))
        assert outcome.returncode == 0, f"as {role}:\n{said}"
