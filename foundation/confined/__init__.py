"""Work on files that strangers made, done in a child process that can do nothing else.

`call` runs one function of plain data in a process of its own: no secrets in its environment, no connection, no other
descriptor than those it is given, bounded memory, processor time, time and output, and, where the kernel offers it, no
network, no other program and no other file. What it says comes back as JSON. A child that is killed, whatever for,
takes nobody with it.
"""

from foundation.confined.calling import call
from foundation.confined.limits import Broken, Exceeded, Killed, Limits

__all__ = ["Broken", "Exceeded", "Killed", "Limits", "call"]
