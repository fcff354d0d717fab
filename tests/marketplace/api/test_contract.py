"""The running server keeps to its OpenAPI document, whatever is sent: Schemathesis against gunicorn, in several roles.

`make schemathesis` sends more of it; SCHEMATHESIS_EXAMPLES is the number of examples an operation and role.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories import World
from tests.marketplace.api.scene import Scene
from tests.marketplace.api.test_schema import document, operations
from tests.serving import Server

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "1"))
SEED = os.environ.get("SCHEMATHESIS_SEED", "1")
ROLES = ("provider", "buyer", "exchange")
HOOKS = Path(__file__).with_name("contract_hooks.py")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "ignored_auth",
)
REJECTED = """
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "410", "411", "412", "413", "415", "422", "428"]
"""
"""What is sent against the document is refused, with any of the reasons; a malformed If-Match matches nothing (412)."""
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


def config_of(scene: Scene) -> str:
    """Schemathesis' own file: numbers of what exists for most of the path parameters, and what to expect."""
    lines, bindings = [f'hooks = "{HOOKS}"', REJECTED], []
    for name, value in scene.names.items():
        if isinstance(value, int):
            lines += [f"[dictionaries.{name}]", f"values = [{value}]"]
            bindings += [f'"path.{name}" = {{ dictionary = "{name}", probability = 0.7 }}']
    return "\n".join([*lines, "[parameters]", *bindings, f'"path.token" = "{scene.names["token"]}"'])


def run(server: str, folder: Path, scene: Scene) -> subprocess.CompletedProcess[str]:
    """What Schemathesis says of the server, asked by nobody and, by its hooks, as each of `ROLES`."""
    (folder / "schemathesis.toml").write_text(config_of(scene))
    (folder / "openapi.json").write_text(json.dumps(document()))  # read many times faster than YAML
    (folder / "roles.json").write_text(json.dumps({role: getattr(scene.world, role).token for role in ROLES}))
    (folder / "checks.json").write_text(json.dumps(CHECKS))
    excluded = [part for name in PERSON_IN_THE_WAY for part in ("--exclude-operation-id", name)]
    return subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", str(folder / "openapi.json"), "--url", server,
         "--checks", ",".join((*CHECKS, "as_every_role")), "--phases", "examples,fuzzing",
         "--max-examples", str(EXAMPLES), "--seed", SEED,
         "--no-shrink", "--continue-on-failure", "--warnings", "off", "--suppress-health-check", "all",
         "--generation-database", "none", *excluded],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=7200,
        check=False,
    )  # fmt: skip


def test_the_server_keeps_to_its_document(server: str, tmp_path: Path) -> None:
    outcome = run(server, tmp_path, Scene(World()))
    said = outcome.stdout + outcome.stderr
    asked = [json.loads(line) for line in (tmp_path / "asked.jsonl").read_text().splitlines()]
    for role in ("anonymous", *ROLES):
        print(role, dict(sorted(Counter(one["status"] for one in asked if one["role"] == role).items())))
    assert outcome.returncode == 0, said
    names = {operation["operationId"] for _, _, operation in operations()} - set(PERSON_IN_THE_WAY)
    expected = {(role, name) for role in ("anonymous", *ROLES) for name in names}
    assert {(one["role"], one["operation"]) for one in asked} == expected, "every operation, by every role"
    assert all(any(one["role"] == role and one["status"] < 300 for one in asked) for role in ROLES), "each key works"
