"""A log holds what the program brought along, whatever is thrown at it: by every logger, at every level, in every shape."""

import ast
import enum
import json
import logging
import logging.config
import sys
import threading
import warnings
from pathlib import Path

import pytest
from django.conf import settings as house
from django.db import DatabaseError, transaction
from django.test import Client

from hotline.lib import logs
from hotline.lib.logs import Lines, ReadableLines, Word
from hotline.staff.models import Team
from tests.process.houses import ROOT, Process, environment
from tests.process.test_settings import example

SECRET = "a-token-that-opens-something"
FOREIGN = [
    "root",
    "django.request",
    "django.db.backends",
    "uvicorn.error",
    "asyncio",
    "psycopg.pool",
    "allauth",
    "telegram",
    "x",
]
OURS = ["hotline.lib.logs", "chat.consumers.rooms", "coordinators.sweeps"]


class Kept(logging.Handler):
    """What the house would write of every record that comes."""

    def __init__(self):
        super().__init__()
        self.records, self.lines = [], []

    def emit(self, record):
        self.records.append(record)
        self.lines += [Lines().format(record), ReadableLines().format(record)]

    @property
    def text(self):
        return "\n".join(self.lines)


@pytest.fixture
def kept():
    handler, root = Kept(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


class Hostile:
    """Shows the secret however it is asked."""

    def __str__(self):
        return SECRET

    __repr__ = __str__

    def __format__(self, _spec):
        return SECRET


class SaysIt(Exception):
    def __str__(self):
        return SECRET


ARGUMENTS = {
    "a text": SECRET,
    "bytes": SECRET.encode(),
    "a list": [SECRET],
    "a dict": {SECRET: SECRET},
    "an object": Hostile(),
    "an exception": SaysIt(SECRET),
    "a path": Path(SECRET),
    "a text that is a number, too": type("Number", (str,), {})(SECRET),
}


def written(name, words, *given, error=None, **extra):
    """How the house writes a record of this logger, in both ways."""
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.getLogger(name).makeRecord(
        name, logging.CRITICAL, __file__, 1, words, given, exc_info, extra=extra, sinfo=f"Stack: {SECRET}"
    )
    return Lines().format(record) + ReadableLines().format(record)


@pytest.mark.parametrize("name", FOREIGN + OURS)
@pytest.mark.parametrize("argument", ARGUMENTS)
def test_nothing_that_is_filled_in_comes_through(name, argument):
    value = ARGUMENTS[argument]
    try:
        raise SaysIt(value) from ValueError(value)
    except SaysIt as caught:
        error = caught
    lines = [
        written(name, "it is %s", value),
        written(name, "it is %d, and %r", value, value),
        written(name, "it is %(value)s", {"value": value}),
        written(name, "too %s %s few", value),
        written(name, "one", secret=value, status_code=value, request=None),
        written(name, "it failed for %s", value, error=error),
        # our own words stand in the program, see the last test
        *([written(name, value), written(name, f"it is {value}")] if name in FOREIGN else []),
    ]
    assert all("CRITICAL" in line for line in lines)
    assert SECRET not in "".join(lines)


@pytest.mark.parametrize("name", FOREIGN)
def test_words_of_others_do_not_come_through_but_that_there_were_some_does(kept, name):
    logging.getLogger(name).critical(f"their words hold {SECRET}")
    found = json.loads(kept.lines[0])
    assert (found["logger"], found["level"]) == (name, "CRITICAL")
    assert found["where"].startswith("tests/lib/test_logs.py:")
    assert "said" not in found and SECRET not in kept.text


def test_our_words_come_through_with_numbers_names_and_words_of_the_program(kept):
    class State(enum.StrEnum):
        OPEN = "open"

    logger = logging.getLogger("hotline.somewhere")
    logger.warning("%d of %.1f, %s, %s, %s, %s", 3, 4.5, Word("hotline.sweeps"), State.OPEN, ValueError, test_logs_of)
    said = json.loads(kept.lines[0])["said"]
    assert said == "3 of 4.5, hotline.sweeps, open, ValueError, test_logs_of"


def test_logs_of():
    """A name to log, and that one line of JSON stays one line."""
    record = logging.LogRecord("hotline.x", logging.INFO, __file__, 1, "two\nlines", None, None)
    assert Lines().format(record).count("\n") == 0


def test_an_error_comes_with_its_class_its_causes_and_their_places(kept):
    def inner():
        raise KeyError(SECRET)

    try:
        try:
            inner()
        except KeyError as error:
            raise SaysIt from error
    except SaysIt:
        logging.getLogger("uvicorn.error").exception(SECRET)
    first, second = json.loads(kept.lines[0])["errors"]
    assert (first["type"], second["type"]) == ("tests.lib.test_logs.SaysIt", "builtins.KeyError")
    assert second["at"][-1].endswith(" inner") and second["at"][-1].startswith("tests/lib/test_logs.py:")
    assert SECRET not in kept.text


@pytest.mark.django_db
def test_the_values_of_a_row_stay_out_when_the_database_refuses_it(kept):
    Team.objects.create(code=SECRET, name=SECRET)
    try:
        with transaction.atomic():
            Team.objects.create(code=SECRET, name=SECRET)
    except DatabaseError as error:
        logging.getLogger("hotline.staff").exception("It was refused: %s", error)
        logging.getLogger("django.db.backends").error("%s", error, exc_info=error)
    assert "IntegrityError" in kept.text and SECRET not in kept.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "options", "status", "route"),
    [
        ("get", f"/o/{SECRET}/", {}, 404, "o/<str:token>/"),
        ("get", f"/nowhere/{SECRET}/?q={SECRET}", {}, 404, None),
        ("get", f"/nowhere/%C3%BC-{SECRET}/", {}, 404, None),
        ("get", f"/o/{SECRET}/accept/", {}, 405, "o/<str:token>/accept/"),
        ("post", f"/o/{SECRET}/accept/", {"enforce_csrf_checks": True}, 403, "o/<str:token>/accept/"),
        ("get", "/", {"HTTP_HOST": f"{SECRET}.example"}, 400, None),
    ],
)
def test_a_refused_request_is_logged_by_its_pattern(kept, method, path, options, status, route):
    host = {name: options.pop(name) for name in ("HTTP_HOST",) if name in options}
    answer = getattr(Client(raise_request_exception=False, **options), method)(path, {"given": SECRET}, **host)
    found = [json.loads(line) for line in kept.lines[::2] if "status" in json.loads(line)]
    assert (answer.status_code, found[-1]["status"], found[-1]["route"]) == (status, status, route)
    assert found[-1]["trouble"] == answer["X-Trouble"] if "X-Trouble" in answer else True
    assert SECRET not in kept.text


def test_a_method_that_somebody_made_up_is_left_out(kept, client):
    client.generic(SECRET.upper(), "/healthz-not/")
    assert SECRET.upper() not in kept.text and '"method": "…"' in kept.text


def test_what_nobody_catches_comes_here_too(kept, monkeypatch, capfd):
    for owner, name in (
        (sys, "excepthook"),
        (sys, "unraisablehook"),
        (threading, "excepthook"),
        (warnings, "showwarning"),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    logs.catch_all()

    class Unraisable:
        def __del__(self):
            raise SaysIt

    def fail():
        raise SaysIt

    thread = threading.Thread(target=fail, name=SECRET)
    thread.start()
    thread.join()
    Unraisable()
    sys.excepthook(SaysIt, SaysIt(), None)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    warnings.warn(SECRET, stacklevel=1)
    logging.captureWarnings(False)
    assert kept.text.count("Nobody caught this") == 6 and "py.warnings" in kept.text
    assert SECRET not in kept.text and SECRET not in "".join(capfd.readouterr())


def test_every_handler_of_the_house_writes_so():
    for readable in (False, True):
        configuration = logs.configuration(readable=readable)
        assert {handler["formatter"] for handler in configuration["handlers"].values()} == {"line"}
        made = logging.config.DictConfigurator(configuration).configure_formatter(configuration["formatters"]["line"])
        assert type(made) is (ReadableLines if readable else Lines)
        assert all(not logger.get("handlers") for logger in configuration["loggers"].values())
    assert logs.configuration(readable=True) == house.LOGGING


def test_words_of_others_are_for_a_developer_s_machine(tmp_path):
    variables = environment(**example(), LOG_EVERYTHING="1")
    code, output = Process(("check",), variables, tmp_path / "log").result()
    assert code == 1 and output.startswith("hotline: LOG_EVERYTHING is for a developer's machine")


def test_what_our_code_says_is_written_there():
    """The words of a line stand in the program as they are: what is put together while it runs could hold anything."""
    levels = {"debug", "info", "warning", "error", "exception", "critical"}
    wrong = []
    for path in (path for room in ("hotline", "coordinators", "chat") for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in levels
            if is_call and isinstance(node.func.value, ast.Name) and node.func.value.id in ("log", "logger"):
                words = node.args[0] if node.args else None
                if not (isinstance(words, ast.Constant) and isinstance(words.value, str)):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []
