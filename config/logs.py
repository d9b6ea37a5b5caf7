"""Structured logs that say what failed and where, and never repeat what a person wrote.

Every line, from our rooms and from libraries alike, passes through `safe_line`: the text of an event is kept only where
it stands literally in the code that logged it, facts only under known names and in harmless shapes, and of an exception
its type and place alone: no message, arguments, locals, SQL or parameters.
"""

import logging
import logging.config
import re
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict

ROOT = Path(__file__).resolve().parent.parent
IDENTIFIERS = frozenset({"request_id", "task_id"})
ROWS = frozenset({"event_id"})  # keys of our own rows: whole numbers, however long
WORDS = frozenset(
    "task method route status attempt channel check code count exit_code kind pid process seconds signal stage".split()
)
FACTS = IDENTIFIERS | ROWS | WORDS
IDENTIFIER = re.compile(r"[0-9a-f-]{1,36}")
WORD = re.compile(r"[\w.:<>\[\]-]{0,100}")
LONG_NUMBER = re.compile(r"\d{6}")  # a telephone number, a receipt, a PIN
REQUEST = re.compile(r"([A-Z]{1,10}) (\S*)")
WARNED = re.compile(r"\W*(\S+?):(\d+): (\w+Warning):")
MAX_FRAMES = 12


class RequestLog(RequestMiddleware):
    """One line for each request: method, name of the route, status; no path, query, address, browser or person."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        match = request.resolver_match
        return f"{request.method} {match.view_name if match else '-'}"

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """Who did what stands in the access log of the database; and asking for the user would touch the session."""

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        """The address of a person who files is nobody's business."""


def configure_logs(*, production: bool) -> None:
    """Send every logger of the process through `safe_line`: JSON in production, short text otherwise."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(logging_of(production=production))


def logging_of(*, production: bool) -> dict[str, Any]:
    """The dictionary for `logging.config.dictConfig`."""
    through = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"safe": {"()": formatter, "production": production}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "safe"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django": through,
            # Its 4xx and 5xx lines double those of RequestLog.
            "django.request": through | {"level": "CRITICAL"},
            "django.server": through | {"level": "WARNING"},
            "gunicorn.error": through,
            "gunicorn.access": {"handlers": [], "propagate": False, "level": "CRITICAL"},
            "celery": through | {"level": "WARNING"},
            # The task class logs a failure itself, with the name of the task.
            "celery.app.trace": through | {"level": "CRITICAL"},
            "kombu": through | {"level": "WARNING"},
            "amqp": through | {"level": "WARNING"},
        },
    }


def formatter(*, production: bool) -> ProcessorFormatter:
    render = structlog.processors.JSONRenderer(sort_keys=False) if production else as_text
    return ProcessorFormatter(processors=[safe_line, render], use_get_message=False)


def log_uncaught() -> None:
    """Let no exception of this process reach stderr by Python's own reports, which print its message."""
    log = structlog.get_logger("config.logs")

    def of_process(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.critical("uncaught", exc_info=(kind, error, trace))

    def of_thread(args: threading.ExceptHookArgs) -> None:
        log.critical("uncaught in a thread", exc_info=args.exc_value)

    def unraisable(args: "sys.UnraisableHookArgs") -> None:
        log.error("unraisable", exc_info=args.exc_value)

    sys.excepthook = of_process
    threading.excepthook = of_thread
    sys.unraisablehook = unraisable
    logging.raiseExceptions = False
    logging.captureWarnings(capture=True)


def safe_line(_logger: object, _method: str, event: EventDict) -> dict[str, Any]:
    """Reduce one event to what may be kept; the last processor before rendering."""
    record: logging.LogRecord = event["_record"]
    line: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": literal(record, str(event["event"])),
    }
    if (request := REQUEST.fullmatch(str(event.get("request", "")))) is not None:
        event.update(method=request[1], route=request[2], status=event.pop("code", None))
    line |= {name: harmless(name, event[name]) for name in sorted(FACTS & event.keys()) if event[name] is not None}
    return line | failure(event.get("exc_info"))


def literal(record: logging.LogRecord, text: str) -> str:
    """The first line of the text, if the code that logged it holds it literally, so that nothing was put into it."""
    if record.name == "py.warnings" and (warned := WARNED.match(text)) is not None:
        return f"{warned[3]} at {short(warned[1])}:{warned[2]}"
    first = text.strip().partition("\n")[0]
    return first if first in source(record.pathname) else f"{short(record.pathname)}:{record.lineno}"


@lru_cache(maxsize=256)
def source(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def harmless(name: str, value: object) -> object:
    if isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 1_000_000):
        return value
    text = str(value)
    if name in ROWS:
        return value if isinstance(value, int) else "withheld"
    if name in IDENTIFIERS:
        return text if IDENTIFIER.fullmatch(text) else "withheld"
    return text if WORD.fullmatch(text) and not LONG_NUMBER.search(text) else "withheld"


def failure(exc_info: object) -> dict[str, str]:
    """Type and place of an exception, and of what caused it; `trace` is the way to it through our own files."""
    error = exc_info if isinstance(exc_info, BaseException) else (sys.exc_info() if exc_info is True else exc_info)
    if isinstance(error, tuple):
        error = error[1]
    if not isinstance(error, BaseException):
        return {}
    frames = list(places(error.__traceback__))
    own = [place for place, is_own in frames if is_own]
    return {
        "error": " < ".join(f"{type(one).__module__}.{type(one).__qualname__}" for one in chain(error)),
        "place": frames[-1][0] if frames else "-",
        "trace": " > ".join(own[-MAX_FRAMES:]),
    }


def chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def places(trace: TracebackType | None) -> Iterator[tuple[str, bool]]:
    while trace is not None:
        code = trace.tb_frame.f_code
        own = code.co_filename.startswith(str(ROOT)) and "site-packages" not in code.co_filename
        yield f"{short(code.co_filename)}:{trace.tb_lineno} {code.co_name}", own
        trace = trace.tb_next


def short(path: str) -> str:
    """The path from the root of the product or of the library: the folder of an installation may name a person."""
    _, found, library = path.rpartition("site-packages/")
    return library if found else path.removeprefix(f"{ROOT}/") if path.startswith(str(ROOT)) else Path(path).name


def as_text(_logger: object, _method: str, line: EventDict) -> str:
    head = f"{line.pop('at')[11:19]} {line.pop('level'):<8} {line.pop('logger')}: {line.pop('event')}"
    return " ".join([head, *(f"{name}={value}" for name, value in line.items() if name not in IDENTIFIERS)])
