"""E-mail, sent to a real SMTP server on this machine that refuses, breaks off and hangs when it is told to."""

import socket
from datetime import timedelta

import pytest

from hotline.outbox.actions import leases
from hotline.outbox.actions.messages import edit, enqueue
from hotline.outbox.models import Message, State
from tests.support.postbox import postbox

__all__ = ["postbox"]

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = {"subject": "A request waits", "text": "Please look at the desk.\n"}


@pytest.fixture
def mail(heard):
    def written(content=WORDS, **more):
        given = {"recipient": "cora@example.org", "key": "mail", "purpose": "alarm"}
        return enqueue(channel="email", content=content, **given | more)

    return written


def state_of(message):
    row = Message.objects.get(pk=message.pk)
    return row.state, row.error


def test_a_mail_arrives_and_its_text_is_erased(postbox, mail, deliver, heard):
    message = mail({**WORDS, "html": "<p>Please look at the desk.</p>"})
    deliver()
    (received,) = postbox.received
    assert (received["To"], received["Subject"]) == ("cora@example.org", "A request waits")
    assert received["From"] == "Hotline <hotline@example.org>"
    assert received["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in received.get_payload()] == ["text/plain", "text/html"]
    row = Message.objects.get(pk=message.pk)
    assert (row.state, row.sealed, row.external_id) == (State.SENT, None, received["Message-ID"])
    assert received["Message-ID"].endswith("@example.org>")
    assert heard == [("mail", "sent", "")]


def test_a_change_follows_as_an_answer_to_the_first_mail(postbox, mail, deliver):
    message = mail()
    deliver()
    edit(message, {"subject": "Taken", "text": "It is taken."}, key="taken")
    deliver()
    first, second = postbox.received
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"]
    assert second["Message-ID"] != first["Message-ID"]


def test_a_server_that_is_not_there_means_never_sent(postbox, mail, deliver, settings):
    port = settings.EMAIL_PORT
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.EMAIL_PORT = free.getsockname()[1]
    message = mail()
    deliver()
    assert state_of(message) == (State.QUEUED, "ConnectionRefusedError")
    settings.EMAIL_PORT = port
    deliver()
    assert len(postbox.received) == 1
    assert not Message.objects.get(pk=message.pk).uncertain


@pytest.mark.parametrize(
    ("step", "answer", "state", "error"),
    [
        ("RCPT", "550 no such person", State.DEAD, "blocked"),
        ("RCPT", "550 5.1.1 no such person", State.DEAD, "blocked"),
        ("RCPT", "554 5.7.1 your server is on a list", State.DEAD, "refused"),
        ("RCPT", "552 5.2.2 full", State.DEAD, "refused"),
        ("RCPT", "450 try later", State.QUEUED, "recipient refused"),
        ("MAIL", "550 not from you", State.DEAD, "rejected"),
        ("MAIL", "451 try later", State.QUEUED, "answer 451"),
        ("DATA", "554 this is advertising", State.DEAD, "rejected"),
        ("DATA", "452 no room", State.QUEUED, "answer 452"),
    ],
)
def test_what_the_server_answers_decides(postbox, mail, deliver, step, answer, state, error):
    postbox.answers[step] = answer
    message = mail()
    deliver()
    assert state_of(message) == (state, error)
    postbox.answers.clear()
    deliver()
    assert len(postbox.received) == (1 if state == State.QUEUED else 0)
    assert not Message.objects.get(pk=message.pk).uncertain


def test_a_connection_that_breaks_with_the_text_is_uncertain_and_tried_once_more(postbox, mail, deliver, heard):
    postbox.answers["hang after"] = ""
    message = mail()
    for _attempt in range(3):
        deliver()
    assert state_of(message) == (State.DEAD, "uncertain")
    assert len({received["Message-ID"] for received in postbox.received}) == 1
    assert len(postbox.received) == 2
    assert heard == [("mail", "dead", "uncertain")]


def test_a_connection_that_breaks_before_it_was_taken_arrives_at_the_second_attempt(postbox, mail, deliver):
    postbox.answers["hang"] = ""
    message = mail()
    deliver()
    assert state_of(message)[0] == State.QUEUED
    postbox.answers.clear()
    deliver()
    assert state_of(message) == (State.SENT, "")
    assert len(postbox.received) == 1


def test_a_subject_of_several_lines_makes_no_header_of_its_own(postbox, mail, deliver):
    mail({"subject": "A request\r\nBcc: everybody@example.org", "text": "Hello"})
    deliver()
    (received,) = postbox.received
    assert received["Bcc"] is None
    assert received["Subject"] == "A request Bcc: everybody@example.org"


@pytest.mark.parametrize("content", [{"text": "no subject"}, {"subject": "no text"}, {"subject": 5, "text": "x"}, {}])
def test_content_that_is_no_mail_is_rejected(postbox, mail, deliver, content):
    message = mail(content)
    deliver()
    assert state_of(message) == (State.DEAD, "rejected")


def test_an_address_with_a_line_break_is_rejected(postbox, mail, deliver):
    message = mail(recipient="cora@example.org\nBcc: everybody@example.org")
    deliver()
    assert state_of(message) == (State.DEAD, "rejected")
    assert postbox.received == []


def test_a_text_does_not_leave_when_the_lease_is_nearly_over(postbox, mail, deliver, monkeypatch):
    monkeypatch.setitem(leases.LEASE, "email", timedelta(seconds=30))
    message = mail()
    deliver()
    assert state_of(message)[0] == State.QUEUED
    assert postbox.received == []


def test_other_mail_backends_work_too(mail, deliver, settings, mailoutbox):
    settings.TELEGRAM_BOT_TOKEN = ""
    mail()
    deliver()
    assert [one.subject for one in mailoutbox] == ["A request waits"]
