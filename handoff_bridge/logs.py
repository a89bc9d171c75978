"""JSON lines on standard error; what customers and agents write never gets here.

An error of a driver or parser may quote what it could not handle, so of a foreign error only the type and the way it
took are written down.
"""

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime

from handoff_bridge.errors import BridgeError

#: An error may be caused by an error, and so on; nobody reads further than this.
MAX_CAUSES = 5
#: Below warnings these write addresses with what is searched for, or statements with what is stored.
TALKATIVE = ("aiohttp.access", "aiosqlite", "alembic", "asyncpg", "sqlalchemy")
#: ``json.dumps`` with an option makes a new encoder for each call.
_encode = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class RequestContext:
    """What every line about a request carries."""

    request_id: str
    conversation_id: str | None


REQUEST: ContextVar[RequestContext | None] = ContextVar("request", default=None)


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (context := REQUEST.get()) is not None:
            entry["request_id"] = context.request_id
            if context.conversation_id:
                # As the client gave it: cut, so that a line stays a line.
                entry["conversation_id"] = context.conversation_id[:36]
        if record.exc_info and record.exc_info[1] is not None:
            entry["error"] = way_of(record.exc_info[1])
        return _encode(entry)


def way_of(error: BaseException) -> str:
    """The types of an error and its causes with the lines they came through, outermost first."""
    parts: list[str] = []
    found: list[BaseException] = [error]
    while found and len(parts) < MAX_CAUSES:
        current = found.pop(0)
        own_words = f": {current.message}" if isinstance(current, BridgeError) else ""
        frames = "".join(traceback.format_tb(current.__traceback__))
        parts.append(f"{type(current).__module__}.{type(current).__qualname__}{own_words}\n{frames}")
        if isinstance(current, BaseExceptionGroup):
            found += current.exceptions
        if cause := current.__cause__ or (None if current.__suppress_context__ else current.__context__):
            found.append(cause)
    return "caused by ".join(parts)


def set_up_logs() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # What no line shows need not be looked up for each (docs.python.org/3/howto/logging.html, "Optimization").
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    quieten_libraries()


def quieten_libraries() -> None:
    """Let no library write what it works on, whatever level is set for the rest."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
