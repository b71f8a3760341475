"""An example of a system that takes offers by webhook: Python's standard library alone. docs/webhook.md explains it.

WEBHOOK_SECRET=whsec_… python3 webhook_client.py serve 8200        hear calls (behind a web server that speaks TLS)
WEBHOOK_SECRET=whsec_… python3 webhook_client.py accept ADDRESS    accept later; ADDRESS: "answer_to" of the offer
WEBHOOK_SECRET=whsec_… python3 webhook_client.py decline ADDRESS
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import sys
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRETS = os.environ["WEBHOOK_SECRET"].split()
LONGEST_CALL = 100_000
TOLERANCE = 300
# What was answered, by the id of the call: a call that comes again gets the same answer. Keep this in your database.
ANSWERED = {}


def sign(secret, call_id, stamp, body):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{call_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def is_from_the_house(headers, body):
    """Whether the call was signed with one of our secrets, within the last five minutes."""
    call_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not stamp.isdecimal() or abs(time.time() - int(stamp)) > TOLERANCE:
        return False
    given = headers.get("webhook-signature", "").split()
    right = [sign(secret, call_id, stamp, body) for secret in SECRETS]
    return any(hmac.compare_digest(one.encode(), other.encode()) for one in given for other in right)


def answer_to(call):
    """What we say to a call: a dict that goes back as JSON. An empty one: we answer later, or need not answer."""
    kind, data = call["type"], call["data"]
    if kind == "endpoint.check":
        return {"challenge": data["challenge"]}
    if kind == "offer.offered":
        print("offered", data["offer"], data["kind"], data["place"], data["urgency"], data["answer_to"], flush=True)
        if data["practice"]:
            return {"answer": "decline", "reason": "no_capacity"}
        # Decide here at once, or show it to somebody and call answer() later.
        return {}
    if kind == "offer.accepted":
        print("accepted", data["offer"], data["page"], flush=True)
    elif kind == "offer.closed":
        print("closed", data["offer"], data["state"], flush=True)
    return {}


def answer(address, said):
    """Accept or decline later, by a call of our own; what the house says to it. The same id again counts once."""
    call_id, stamp, body = secrets.token_hex(16), int(time.time()), json.dumps(said).encode()
    headers = {
        "Content-Type": "application/json",
        "webhook-id": call_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": sign(SECRETS[0], call_id, stamp, body),
    }
    request = urllib.request.Request(address, body, headers)
    with urllib.request.urlopen(request, timeout=15) as response:
        return json.load(response)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        if length > LONGEST_CALL:
            self.send_error(413)
            return
        body = self.rfile.read(length)
        if not is_from_the_house(self.headers, body):
            self.send_error(401)
            return
        call_id = self.headers["webhook-id"]
        if call_id not in ANSWERED:
            ANSWERED[call_id] = json.dumps(answer_to(json.loads(body))).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(ANSWERED[call_id])))
        self.end_headers()
        self.wfile.write(ANSWERED[call_id])

    def log_message(self, *arguments):
        """No log: an address may hold more than it should."""


if __name__ == "__main__":
    command, argument = sys.argv[1:]
    if command == "serve":
        server = ThreadingHTTPServer(("127.0.0.1", int(argument)), Handler)
        print("listening", server.server_port, flush=True)
        server.serve_forever()
    else:
        print(json.dumps(answer(argument, {"answer": command})))
