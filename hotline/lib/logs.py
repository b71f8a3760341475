"""
What may stand in a log, by structure and not by guess: of each record only what the program itself brought along.

That is the level, the logger, the place in the program, the words that our own code holds, numbers, names of classes and
functions, and the places of a traceback. Whatever else comes with it is left out: the words of libraries (Telegram's hold the
bot's token, a database's the values of a row), the text of exceptions, and every other text that is filled into our words.
"""

import json
import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from enum import Enum
from http import HTTPStatus
from pathlib import Path

# The loggers whose words are ours.
OURS = ("hotline", "coordinators", "chat")
LEFT_OUT = "…"
# So many exceptions of a chain, and places of each.
MOST_ERRORS, MOST_PLACES = 5, 40
ROOT = Path(__file__).resolve().parents[2]

logger = logging.getLogger(__name__)


class Word(str):
    """A text that the program itself brought along, so that it may stand in a log: `logger.info("… %s", Word(path))`."""


def named(error: BaseException) -> Word:
    """An exception by its class and where it was raised. Its text may hold what somebody wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return Word(type(error).__name__ + where)


def said(record: logging.LogRecord) -> str:
    """What the record says, as far as the words are our own; "" for everybody else's."""
    if record.name.partition(".")[0] not in OURS or not isinstance(record.msg, str):
        return ""
    given = record.args
    if isinstance(given, dict):
        named_there = {name: _shown(value) for name, value in given.items() if f"%({name})" in record.msg}
        given = named_there or LEFT_OUT
    elif given:
        given = tuple(map(_shown, given))
    try:
        return record.msg % given if given else record.msg
    except (TypeError, ValueError):  # a number was expected where something else was left out
        return record.msg


def _shown(value):
    if value is None or isinstance(value, (bool, int, float, Word)):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, BaseException):
        return named(value)
    if isinstance(value, type) or callable(value):
        return getattr(value, "__name__", LEFT_OUT)
    return LEFT_OUT


def facts(record: logging.LogRecord) -> dict:
    """All that may be written of a record: {level, logger, where}, and said, trouble, status, route, method, errors."""
    found = {"level": record.levelname, "logger": record.name, "where": f"{_short(record.pathname)}:{record.lineno}"}
    if words := said(record):
        found["said"] = words
    request = getattr(record, "request", None)
    if trouble := getattr(record, "trouble", None) or getattr(request, "trouble", None):
        found["trouble"] = trouble
    if request is not None:
        match = getattr(request, "resolver_match", None)
        found |= {"route": match.route if match else None, "method": _method(request)}
    if isinstance(status := getattr(record, "status_code", None), int):
        found |= {"status": status, "said": HTTPStatus(status).phrase}
    if record.exc_info and record.exc_info[1] is not None:
        found["errors"] = list(_errors(record.exc_info[1]))
    return found


def _method(request):
    # whatever else is sent as one, somebody has made up
    return (
        request.method if request.method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else LEFT_OUT
    )


def _errors(error):
    for _number in range(MOST_ERRORS):
        if error is None:
            return
        places = traceback.extract_tb(error.__traceback__)[-MOST_PLACES:]
        yield {
            "type": f"{type(error).__module__}.{type(error).__qualname__}",
            "at": [f"{_short(place.filename)}:{place.lineno} {place.name}" for place in places],
        }
        error = error.__cause__ or error.__context__


def _short(path: str) -> str:
    """Where in the program, without where the program lies."""
    text = path.partition("/site-packages/")[2] or path
    return text.removeprefix(f"{ROOT}/") if text.startswith(str(ROOT)) else "/".join(Path(text).parts[-2:])


class Lines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record):
        """The line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        return json.dumps({"at": at, **facts(record)}, ensure_ascii=False)


class ReadableLines(logging.Formatter):
    """The same for somebody who reads along: a line, then the places of a traceback."""

    def format(self, record):
        """The lines."""
        found = facts(record)
        rest = [str(found[name]) for name in ("said", "method", "route", "trouble") if found.get(name)]
        lines = [f"{found['level']} {found['logger']}: {' '.join(rest) or found['where']}"]
        for error in found.get("errors", ()):
            lines += [f"  Traceback of {error['type']}", *(f"    {place}" for place in error["at"])]
        return "\n".join(lines)


def configuration(*, readable: bool, everything: bool = False) -> dict:
    """Django's setting LOGGING. everything: the words of all others too, for a developer who looks for a fault."""
    if everything:
        formatter = {"format": "{levelname} {name}: {message}", "style": "{"}
    else:
        formatter = {"()": f"{__name__}.{'ReadableLines' if readable else 'Lines'}"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            # Without the handlers that Django gives it, which print every line a second time.
            "django": {"level": "WARNING", "handlers": []},
            "hotline": {"level": "INFO"},
            "coordinators": {"level": "INFO"},
            "chat": {"level": "INFO"},
            # A traceback a second while Redis is away; the doorbell's line says it once.
            "channels_redis": {"level": "CRITICAL"},
        },
    }


def catch_all() -> None:
    """Let what nobody catches come here too: Python prints the text of such an exception by itself."""
    logging.captureWarnings(True)
    sys.excepthook = lambda _type, error, _trace: _note(error)
    sys.unraisablehook = lambda unraisable: _note(unraisable.exc_value)
    threading.excepthook = lambda thrown: _note(thrown.exc_value)


def _note(error):
    if error is not None and not isinstance(error, (KeyboardInterrupt, SystemExit)):
        logger.critical("Nobody caught this", exc_info=error)
