"""What may stand in a log: no address that somebody asked for and no word of Telegram's, since tokens stand in both."""

import logging

UNKNOWN = "an unknown address"
# These put the bot's token and whole updates into their messages.
TALKATIVE = ("telegram", "httpx", "httpcore")

logger = logging.getLogger(__name__)


class WithoutPath(logging.Filter):
    """Puts the pattern of the address (`o/<str:token>/accept/`) where Django names the address itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record; it is always let through."""
        request = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple):
            # Django escapes what it logs.
            paths = {request.path, request.path.encode("unicode_escape").decode("ascii")}
            route = request.resolver_match.route if request.resolver_match else UNKNOWN
            record.args = tuple(route if argument in paths else argument for argument in record.args)
        return True


class WithoutContent(logging.Handler):
    """Says that a library had something to say, where and with which exception; never a word of the message."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line of our own in its place."""
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "no exception"
        logger.log(record.levelno, "%s: %s, line %d (%s)", record.name, record.funcName, record.lineno, error)


# What is written, for Django's setting of that name: no bodies, tokens, query strings or addresses.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "filters": {"without_path": {"()": "hotline.lib.logs.WithoutPath"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "without_content": {"class": "hotline.lib.logs.WithoutContent"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # Without the handlers that Django gives it, which print every line a second time.
        "django": {"level": "WARNING", "handlers": []},
        "hotline": {"level": "INFO"},
        "coordinators": {"level": "INFO"},
        # These name the address of what they refuse, and tokens stand in addresses.
        "django.request": {"filters": ["without_path"]},
        "django.security.csrf": {"filters": ["without_path"]},
        # Here and not in some start-up code: the configuration is read once more when the server opens.
        **{name: {"level": "WARNING", "handlers": ["without_content"], "propagate": False} for name in TALKATIVE},
        # A traceback a second while Redis is away; the doorbell's line says it once.
        "channels_redis": {"level": "CRITICAL"},
    },
}
