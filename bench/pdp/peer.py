"""`PYTHON peer.py FILE`: casbin on the same rows and cases. Needs an environment of its own with casbin 1.x.

A policy a row, in order of priority, with the values it holds for as a text between bars; empty holds for all.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import casbin  # type: ignore[import-not-found,unused-ignore]

given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
names = given["names"]
policy = ", ".join(["priority", *names, "id", "eft"])
matcher = " && ".join(f"among(r.{name}, p.{name})" for name in names)
MODEL = f"""
[request_definition]
r = {", ".join(names)}
[policy_definition]
p = {policy}
[policy_effect]
e = priority(p.eft) || deny
[matchers]
m = {matcher}
"""
with tempfile.TemporaryDirectory() as folder:
    model, rows = Path(folder, "model.conf"), Path(folder, "rows.csv")
    model.write_text(MODEL, encoding="utf-8")
    lines = []
    for place, (name, *conditions) in enumerate(given["rows"]):
        cells = ["|" + "|".join(values) + "|" if values else "any" for values in conditions]
        lines.append(", ".join(["p", str(place), *cells, name, "allow"]))
    rows.write_text("\n".join(lines), encoding="utf-8")
    enforcer = casbin.Enforcer(str(model), str(rows))
enforcer.add_function("among", lambda value, cell: cell == "any" or f"|{value}|" in cell)
spent, agreed = [], 0
for case, answer in zip(given["cases"], given["answers"], strict=True):
    begun = time.perf_counter_ns()
    _allowed, why = enforcer.enforce_ex(*case)
    spent.append(time.perf_counter_ns() - begun)
    agreed += bool(why) and why[-2] == answer
spent.sort()
middle, late = spent[len(spent) // 2] / 1000, spent[len(spent) * 99 // 100] / 1000
sys.stdout.write(
    f"casbin       median {middle:8.0f} µs   p99 {late:8.0f} µs   ({len(spent)} cases, {agreed} answers are ours)\n"
)
