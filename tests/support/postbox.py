"""A real SMTP server on this machine that refuses, breaks off and hangs when it is told to. Import the fixture `postbox`."""

import email
import re
import socket

import pytest
from aiosmtpd.controller import Controller


class Postbox:
    """What an SMTP server does with mail: keeps it, or gives the answer it was told to give at a step."""

    def __init__(self):
        self.received = []
        self.senders = []
        self.answers = {}

    async def handle_MAIL(self, server, session, envelope, address, options):
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if "hang" in self.answers:
            server.transport.abort()
            return "250 never heard"
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.received.append(email.message_from_bytes(envelope.content))
        self.senders.append(envelope.mail_from)
        if "hang after" in self.answers:
            server.transport.abort()
        return "250 OK"


@pytest.fixture
def postbox(settings):
    box = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 5
    settings.DEFAULT_FROM_EMAIL = "Hotline <hotline@example.org>"
    settings.TELEGRAM_BOT_TOKEN = ""
    yield box
    controller.stop()


def text_of(letter):
    """The plain words of a received letter."""
    return letter.get_payload()[0].get_payload(decode=True).decode()


def link_in(letter):
    """The one link of a letter, as a path."""
    return re.search(r"https?://[^/\s]+(/\S+)", text_of(letter))[1]
