"""When Python looks for garbage that is tied in circles: rarely, since what is loaded at the start is never any.

Loading makes half a million objects that stay as long as the process. At the usual threshold of 700 they are gone
through again and again: a tenth of each start. What is let go otherwise is freed at once, as ever.
"""

import gc

NEW_OBJECTS = 50_000
"""A few megabytes."""

gc.set_threshold(NEW_OBJECTS, 20, 20)
