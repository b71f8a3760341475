"""`manage.py bounce`, as a mail server's pipe calls it."""

import io
import os
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from hotline.management.commands import bounce
from hotline.outbox import bounces

pytestmark = pytest.mark.django_db


def piped(monkeypatch, mail, *arguments):
    """What the command says to a mail on its standard input."""
    said = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(mail)))
    call_command("bounce", *arguments, stdout=said)
    return said.getvalue()


@pytest.mark.parametrize("mail", [b"", b"\xff" * 100, b"To: bounces+x@example.org\r\n\r\nHello", b"x" * 2_000_000])
def test_whatever_mail_comes_is_seen_to(monkeypatch, mail):
    assert "Nothing that this house has to know" in piped(monkeypatch, mail)
    assert "Nothing that this house has to know" in piped(monkeypatch, mail, "bounces+y@example.org")


def test_while_the_database_is_away_the_mail_server_tries_again(monkeypatch):
    def away(mail, address):
        raise OperationalError

    monkeypatch.setattr(bounce, "take_back", away)
    with pytest.raises(CommandError) as refusal:
        piped(monkeypatch, b"")
    assert refusal.value.returncode == os.EX_TEMPFAIL


def test_a_return_path_names_one_message_and_nobody_else_makes_one(settings):
    settings.EMAIL_BOUNCES = "bounces@example.org"
    pk = uuid.uuid4()
    address = bounces.return_path(pk)
    assert bounces.message_of(f"<{address.upper()}>") == pk
    box, _at, domain = address.rpartition("@")
    others = [f"{box[:-1]}{letter}@{domain}" for letter in "abcdefghijklmnopqrstuvwxyz234567" if letter != box[-1]]
    for other in (*others, f"{box}a@{domain}", "x", "", "+@", "ü+ü@x"):
        assert bounces.message_of(other) is None
    settings.EMAIL_BOUNCES = ""
    assert bounces.return_path(pk) == ""
