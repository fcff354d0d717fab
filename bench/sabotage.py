"""Disable one service of each step in turn: the demo must fail in that very step and say so.

Run by hand (`make sabotage`, some ten minutes): a demo that succeeds without the service it shows proves nothing.
Nothing in the product knows of this: a start-up hook, on the path of the demo's processes only, replaces the named
function when its module is loaded.
"""

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent

HOOK = '''
"""Replaces one function of one module when that module is loaded."""
import importlib.abc
import importlib.machinery
import sys

MODULE, NAME, BODY = {module!r}, {name!r}, {body!r}
CONFINED, FOLDER = "foundation.confined.calling", {folder!r}


class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, fullname, path, target=None):
        if fullname not in (MODULE, CONFINED):
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        run = spec.loader.exec_module

        def exec_module(module):
            run(module)
            if fullname == CONFINED:  # its children inherit nothing: hand this hook on to them
                plain = module._environment
                module._environment = lambda: {{**plain(), "PYTHONPATH": FOLDER + ":" + plain()["PYTHONPATH"]}}
                return
            scope = {{"original": getattr(module, NAME)}}
            exec(BODY, scope)
            setattr(module, NAME, scope["disabled"])

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, Finder())
'''

EMPTY = "def disabled(*args, **kwargs):\n    return ()\n"
RAISES = "def disabled(*args, **kwargs):\n    raise RuntimeError('disabled')\n"


@dataclass(frozen=True, slots=True)
class Sabotage:
    """Step `step` must fail when `name` of `module` is replaced by `body`'s function `disabled`."""

    step: int
    module: str
    name: str
    body: str = RAISES


SABOTAGES = [
    Sabotage(
        1,
        "foundation.participants.services.verification",
        "verify_organisation",
        "def disabled(*, actor, organisation_id):\n"
        "    from foundation.participants.selectors import organisation\n"
        "    return organisation(actor, organisation_id)\n",
    ),
    Sabotage(2, "foundation.vault.codec", "encrypt"),
    Sabotage(3, "grading.engine.quality.assess", "assess"),
    Sabotage(4, "grading.engine.sensitivity.detect", "detect", EMPTY),
    Sabotage(5, "grading.services.decide", "decide_grade"),
    Sabotage(6, "marketplace.matching.engine.rank", "rank", EMPTY),
    Sabotage(7, "marketplace.authorization.engine.decide", "approval_chain", EMPTY),
    Sabotage(8, "marketplace.delivery.engine.masking", "mask_file"),
    Sabotage(
        9,
        "foundation.audit.exports",
        "verify_export",
        "def disabled(stream):\n    from foundation.audit.verification import Report\n    return Report()\n",
    ),
]


def demo_without(sabotage: Sabotage) -> tuple[int, str]:
    """The demo's exit code and output while the service is disabled."""
    with tempfile.TemporaryDirectory() as folder:
        hook = HOOK.format(module=sabotage.module, name=sabotage.name, body=sabotage.body, folder=folder)
        (Path(folder) / "sitecustomize.py").write_text(hook)
        done = subprocess.run(
            ["make", "--no-print-directory", "demo"],  # noqa: S607 (make of the path, as a user would)
            cwd=PROJECT,
            env={**os.environ, "PYTHONPATH": folder},
            capture_output=True,
            text=True,
        )
    return done.returncode, done.stdout + done.stderr


def main() -> int:
    """Run all nine, or those whose numbers are given; 0 when each demo failed where it must."""
    chosen = {int(number) for number in sys.argv[1:]} or {s.step for s in SABOTAGES}
    missed = 0
    for sabotage in SABOTAGES:
        if sabotage.step not in chosen:
            continue
        code, output = demo_without(sabotage)
        said = re.findall(r"^Step (\d+) .*", output, flags=re.MULTILINE)
        fine = code != 0 and said == [str(sabotage.step)]
        missed += not fine
        sentence = next(iter(re.findall(r"^Step \d+ .*", output, flags=re.MULTILINE)), output[-300:])
        verdict = "ok    " if fine else "MISSED"
        print(f"{verdict} without {sabotage.module}.{sabotage.name}: exit {code}; {sentence[:160]}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
