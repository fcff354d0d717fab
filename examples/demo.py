"""The main job: the exchange from a provider's file to a buyer's download, on real data, over HTTP.

Run by `make demo`. Exits 0 when every step had the result that it must have, else 1 and names the step.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from examples.story import demand, files, supply
from examples.story.client import Unexpected
from examples.story.stage import raised

Step = tuple[str, str, Callable[[supply.World], None]]
STEPS: list[Step] = [
    ("Participants", "参与方", supply.step_1_participants),
    ("Listings and files", "挂牌与上传", supply.step_2_listings),
    ("Profile and quality", "概况与质量", supply.step_3_quality),
    ("Sensitivity and level", "敏感识别与分级", supply.step_4_sensitivity),
    ("Review and publication", "审核与发布", supply.step_5_review),
    ("Demand and matches", "需求与撮合", demand.step_6_matching),
    ("Authorization", "授权", demand.step_7_authorization),
    ("Delivery", "交付", demand.step_8_delivery),
    ("Audit", "审计", demand.step_9_audit),
]


def main() -> int:
    """Tell the story; 0 when all of it came true."""
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    folder = Path(os.environ["EXCHANGE_STATE"]) / "run"
    begun = time.perf_counter()
    summary = Table("step", "what", "seconds", "result", title="Summary 小结")
    with console.status("starting the exchange: database, broker, worker, beat, web …"), raised(folder) as stage:
        took = time.perf_counter() - begun
        console.print(f"The exchange answers at {stage.url} after {took:.1f} s (log: {folder / 'exchange.log'})")
        world = supply.World(stage, files.prepare(folder / "files"))
        failed = _tell(console, world, summary)
    console.print(summary)
    if failed:
        console.print(f"[bold red]{failed}[/]", soft_wrap=True)
        return 1
    console.print(f"All {len(STEPS)} steps as they must be, in {time.perf_counter() - begun:.1f} s.")
    return 0


def _tell(console: Console, world: supply.World, summary: Table) -> str:
    """Play the steps in order; the failure of the first that fails, or nothing."""
    for number, (title, title_zh, step) in enumerate(STEPS, start=1):
        console.print(f"\n[bold]{number}. {title} {title_zh}[/]")
        begun = time.perf_counter()
        failed = ""
        try:
            step(world)
        except (Unexpected, httpx.HTTPError, KeyError, StopIteration) as error:
            failed = f"Step {number} ({title}) failed: {type(error).__name__}: {error}"
        for line in world.told:
            console.print(f"   {line}", markup=False, soft_wrap=True)
        world.told.clear()
        took = time.perf_counter() - begun
        summary.add_row(str(number), f"{title} {title_zh}", f"{took:.1f}", "[red]failed[/]" if failed else "ok")
        if failed:
            return failed
    return ""


if __name__ == "__main__":
    sys.exit(main())
