"""A coordinator's own system: a real HTTP server on this machine that notes signed calls and answers as it is told."""

import contextlib
import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from coordinators.models import Endpoint
from hotline.lib import webhooks


class Hook:
    """`calls`: bodies of the calls that were signed rightly; `answer`: (status, headers, body) of the next ones."""

    def __init__(self):
        self.calls, self.ids, self.unsigned = [], [], 0
        self.secrets = [webhooks.new_secret()]
        self.answer = (200, {}, b"{}")
        self.hold = None

        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                hook.heard(self)

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/in"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)

    def heard(self, handler):
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        given = {name.lower(): value for name, value in handler.headers.items()}
        try:
            self.ids.append(webhooks.verify(self.secrets, given, body, datetime.now(UTC)))
            self.calls.append(json.loads(body))
        except webhooks.BadSignature:
            self.unsigned += 1
        if self.hold is not None:
            self.hold.wait(30)
        status, headers, answer = self.answer
        with contextlib.suppress(ConnectionError):
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(answer)

    def says(self, **words):
        """Answer the next calls with these words."""
        self.answer = (200, {}, json.dumps(words).encode())

    def types(self):
        return [call["type"] for call in self.calls]

    def endpoint(self, local_coordinator, **fields):
        """This system as a confirmed way to a coordinator."""
        fields = {"channel": Endpoint.Channel.WEBHOOK, "secrets": " ".join(self.secrets)} | fields
        return Endpoint.objects.create(local_coordinator=local_coordinator, address=self.url, **fields)

    def call(self, client, offer, said, *, call_id="call-0001", at=None, secret=None, body=None):
        """A signed call of this system to the house; the response."""
        body = json.dumps(said).encode() if body is None else body
        headers = webhooks.headers([secret or self.secrets[0]], call_id, at or datetime.now(UTC), body)
        address = f"/webhook/offers/{offer if isinstance(offer, str) else offer.reference}/"
        return client.post(address, body, content_type="application/json", headers=headers)


@pytest.fixture
def hook(settings):
    """See Hook. This machine may be called meanwhile, which production refuses."""
    settings.WEBHOOK_THIS_MACHINE = True
    system = Hook()
    yield system
    system.close()
