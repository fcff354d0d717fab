"""How a log record is written: a JSON object or a line for people, with the ids of its request and job, no secrets."""

import re
from collections.abc import Mapping
from typing import Any, Final, Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

Format = Literal["json", "plain"]

_SECRETS: Final = (
    # whoever reads a download link in a log may fetch the file while it is valid; likewise links that invite or reset
    (re.compile(r"(/downloads/|/accounts/invitation/)[^\s/?'\"]+"), r"\1…"),
    (re.compile(r"(/invitations/)[^\s/?'\"]{20,}"), r"\1…"),
    (re.compile(r"(/password/reset/key/)[^\s/?'\"]+"), r"\1…"),
    (re.compile(r"((?:postgres(?:ql)?|rediss?)://[^\s:/@]*:)[^\s@]+@"), r"\1…@"),
)


def without_secrets(text: str) -> str:
    """`text` without the tokens of links and the passwords of connection strings."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A processor: every text of the record, the traceback too, without secrets."""
    return {key: without_secrets(value) if isinstance(value, str) else value for key, value in event.items()}


_PROCESSORS: Final[tuple[Processor, ...]] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure_structlog() -> None:
    """Let records made by structlog pass through the same handlers as those of the standard library."""
    structlog.configure(
        processors=[
            *_PROCESSORS,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def formatter(kind: Format) -> Mapping[str, Any]:
    """A formatter for `logging.config.dictConfig`: of structlog's records and of all others alike."""
    last: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if kind == "json"
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, pad_level=False)
    )
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [*_PROCESSORS],
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,  # text alone: no local variables, which may hold values of the data
            hide_secrets,
            last,
        ],
    }
