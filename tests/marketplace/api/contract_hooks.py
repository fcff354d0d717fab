"""What Schemathesis loads for the contract test: every case that it makes and sends as nobody is sent by each role too.

Made once and sent in turn: to make a case takes many times as long as to answer it. `roles.json` in the folder of the
run holds role → key; `asked.jsonl` is told who asked for which operation, and how that was answered.
"""

import json
from pathlib import Path
from typing import Any

import requests
import schemathesis
from schemathesis import Case, CheckContext, HookContext, Response
from schemathesis.checks import CHECKS
from schemathesis.core.failures import Failure, FailureGroup

KEYS: dict[str, str] = json.loads(Path("roles.json").read_text())
ASKED = Path("asked.jsonl").open("a", buffering=1)  # noqa: SIM115  (as long as the run)
CONNECTION = requests.Session()
TOO_LONG = 414
"""What gunicorn says of a request line above 4,094 bytes; such a request never reaches the exchange."""

for media_type in ("application/x-ndjson", "application/offset+octet-stream"):
    schemathesis.serializer.alias(media_type, "application/octet-stream")


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
    """Whether a failure is one of the exchange."""
    return bool(response.status_code != TOO_LONG)


@schemathesis.check
def as_every_role(ctx: CheckContext, response: Response, case: Case) -> None:
    """The other checks hold for the same request of each role."""
    _note("anonymous", case, response)
    if response.status_code == TOO_LONG:
        return
    checks: list[Any] = CHECKS.get_by_names(json.loads(Path("checks.json").read_text()))
    for role, key in KEYS.items():
        headers = {"Authorization": f"Bearer {key}"}
        answer = case.call(session=CONNECTION, headers=headers)
        _note(role, case, answer)
        try:
            case.validate_response(answer, checks=checks, headers=headers)
        except FailureGroup as found:
            raise AssertionError(f"as {role}: {found.message}") from None


def _note(role: str, case: Case, response: Response) -> None:
    asked = {"role": role, "operation": case.operation.definition.raw["operationId"], "status": response.status_code}
    ASKED.write(json.dumps(asked) + "\n")
