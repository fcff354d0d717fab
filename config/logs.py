"""What must not be in a log."""

import logging
import re
from typing import Final

_LINK: Final = re.compile(r"(/downloads/)[^\s/?'\"]+")


class WithoutLinks(logging.Filter):
    """Takes the tokens out of download links: whoever reads one in a log may fetch the file while it is valid."""

    def filter(self, record: logging.LogRecord) -> bool:
        """The record with its message as it may be written."""
        message = record.getMessage()
        cleaned = _LINK.sub(r"\1…", message)
        if cleaned != message:
            record.msg, record.args = cleaned, ()
        return True
