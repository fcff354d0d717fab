"""What is to be done: jobs drawn from a seed, equal in the calm and in the disturbed run but for how long they work."""

import json
import random
import sys
from typing import Any

MIX = {"chaos.write": 11, "chaos.compute": 4, "chaos.flaky": 2, "chaos.split": 2, "chaos.refused": 1}


def plan(seed: int, jobs: int, pace: float) -> list[tuple[str, dict[str, Any]]]:
    """Kind and arguments of each job; `pace` is the longest work of one, in seconds. Two of them are poison."""
    draw = random.Random(seed)
    wanted = []
    for number in range(jobs - 2):
        kind = draw.choices(list(MIX), list(MIX.values()))[0]
        arguments: dict[str, Any] = {"label": f"{number}"}
        shares = [draw.random() for _ in range(draw.randint(2, 6))]
        arguments["seconds"] = [share * pace for share in shares] if kind == "chaos.split" else shares[0] * pace
        if kind == "chaos.flaky":
            arguments["failures"] = draw.randint(1, 3)
        wanted.append((kind, arguments))
    wanted += [("chaos.poison", {"label": f"poison {number}"}) for number in (1, 2)]
    draw.shuffle(wanted)
    return wanted


def main(seed: int, jobs: int, pace: float) -> None:
    """Enqueue the plan, each job in a transaction of its own; print how many."""
    import django

    django.setup()
    from django.db import transaction

    from foundation.jobs.services import enqueue

    wanted = plan(seed, jobs, pace)
    for kind, arguments in wanted:
        with transaction.atomic():
            enqueue(kind=kind, arguments=arguments)
    print(json.dumps(len(wanted)))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
