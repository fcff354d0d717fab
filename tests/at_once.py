"""Several acts let go together, each on a connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import close_old_connections, connection

from foundation.errors import DomainError


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """The outcome of each act: `done`, or the class of the DomainError that it raised."""
    outcomes, gate = [""] * len(acts), threading.Barrier(len(acts))

    def run(at: int) -> None:
        try:
            gate.wait(10)
            acts[at]()
            outcomes[at] = "done"
        except DomainError as error:
            outcomes[at] = type(error).__name__
        finally:
            connection.close()
            close_old_connections()

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes
