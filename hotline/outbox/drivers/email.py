"""Sends e-mail by the server in the settings (Django's e-mail backend), with time-outs."""

import logging
import smtplib
import uuid
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils import timezone

from hotline.lib.background import Threads
from hotline.outbox import bounces
from hotline.outbox import outcome as outcomes
from hotline.outbox.actions.leases import Letter
from hotline.outbox.outcome import Outcome

# The server's answer to a recipient that does not exist or takes no mail.
PERMANENT = range(500, 600)
# So much of the lease must be left when the text begins to leave.
LONGEST_TEXT = timedelta(seconds=90)

logger = logging.getLogger(__name__)


class EmailDriver:
    """So many threads, a connection to the server for each message."""

    def __init__(self, connections: int):
        self.threads = Threads("outbox-email", connections)

    async def deliver(self, letter: Letter) -> Outcome:
        """Send one e-mail."""
        return await self.threads.run(send, letter)

    async def close(self) -> None:
        """Let the threads end."""
        self.threads.close()


def send(letter: Letter) -> Outcome:
    """Send one e-mail, and say what became of it. Blocks for as long as the server takes."""
    try:
        message = _message(letter)
        message.message()  # raises what the headers cannot hold
    except (AttributeError, KeyError, TypeError, ValueError):
        return Outcome(outcomes.DEAD, "rejected")
    backend = get_connection()
    text_left = _TextLeft()
    try:
        backend.open()
        text_left.watch(backend, letter.until - LONGEST_TEXT)
        backend.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        if not all(code in PERMANENT for code, _words in error.recipients.values()):
            return Outcome(outcomes.LATER, "recipient refused")
        statuses = [words.decode(errors="replace") for _code, words in error.recipients.values()]
        return Outcome(outcomes.DEAD, "blocked" if all(map(bounces.nobody_there, statuses)) else "refused")
    except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
        if error.smtp_code in PERMANENT:
            return Outcome(outcomes.DEAD, "rejected")
        return Outcome(outcomes.LATER, f"answer {error.smtp_code}")
    except (smtplib.SMTPException, OSError) as error:
        if isinstance(error, smtplib.SMTPAuthenticationError):
            logger.error("the mail server refuses the password in EMAIL_URL")
        return Outcome(outcomes.UNCERTAIN if text_left.begun else outcomes.LATER, type(error).__name__)
    finally:
        _close(backend)
    return Outcome(outcomes.SENT, external_id=message.extra_headers["Message-ID"])


class _TextLeft:
    """Knows whether the text of a message began to leave: before that nothing can have arrived."""

    def __init__(self):
        self.begun = False

    def watch(self, backend, latest: datetime) -> None:
        """Watch the SMTP connection of a backend that has one; nothing leaves after the moment `latest`."""
        connection = getattr(backend, "connection", None)
        if not isinstance(connection, smtplib.SMTP):
            return
        send_data = connection.data

        def data(text):
            if timezone.now() > latest:
                raise smtplib.SMTPException("late")
            self.begun = True
            return send_data(text)

        connection.data = data


def _message(letter: Letter) -> EmailMultiAlternatives:
    content = letter.content
    headers = {
        "From": settings.DEFAULT_FROM_EMAIL,
        # The same for a second attempt, by which mail programs may know a copy.
        "Message-ID": _message_id(letter.pk),
        "Auto-Submitted": "auto-generated",
    }
    before = letter.target if letter.is_edit else content.get("after")
    if before:
        before = before if before.startswith("<") else _message_id(uuid.UUID(before))
        headers |= {"In-Reply-To": before, "References": before}
    subject = " ".join(content["subject"].split())
    sender = bounces.return_path(letter.pk) or settings.DEFAULT_FROM_EMAIL
    message = EmailMultiAlternatives(subject, content["text"], sender, [letter.recipient], headers=headers)
    if content.get("html"):
        message.attach_alternative(content["html"], "text/html")
    return message


def _message_id(pk) -> str:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{pk}@{domain}>"


def _close(backend) -> None:
    try:
        backend.close()
    except (smtplib.SMTPException, OSError) as error:
        logger.info("the mail server did not say goodbye (%s)", type(error))
