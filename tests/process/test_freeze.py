"""The drill: a running house with its demo is stopped from a phone, by a signed call and by the command, and opened again."""

import json
import secrets
import time
from pathlib import Path

import httpx
import pytest

from hotline.staff.actions.signed_calls import sign
from tests.support.leaks import Folder, Mark, Text
from tests.support.loot import opens, redis_of, rows_of
from tests.support.simulator import SimulatorClient

SECRET = secrets.token_urlsafe(48)
WORDS = "seven grey geese under my stairs"
# Seconds until everything is empty on every phone: about five on an idle machine, and the suite runs on busy ones.
EMPTY_WITHIN = 60
PREPARE = f"""
from hotline.dispatch.models import OfferLink
from hotline.staff.actions.chats import issue_code
from hotline.staff.actions.destruction import set_passphrase
from hotline.staff.models import User
set_passphrase('{WORDS}')
print('code', issue_code(User.objects.get(username='ada')), 'link', OfferLink.objects.first().token)
"""
OUT = (
    "from hotline.dispatch.models import Offer, OfferLink; "
    "print('out', Offer.objects.filter(state__in=['offered', 'declined', 'accepted']).count(), OfferLink.objects.count())"
)
# One more word to a coordinator, by the way that offers go.
SAY = """
from hotline.outbox.actions.messages import enqueue
enqueue(channel="telegram", recipient="{chat}", content={{"text": "{words}"}}, key="{words}", purpose="offer_extra")
"""


class House:
    """The running demo, its phones, and what is asked of it from outside."""

    def __init__(self, server, command):
        self.server, self.command = server, command
        self.phones = SimulatorClient(f"{server.url}/simulator")

    def run(self, code):
        """What a line of Python prints in that house."""
        result, output = self.command("shell", "--no-imports", "-c", code).result()
        assert result == 0, output
        return output

    def until(self, condition):
        self.server.until(condition)

    def shown(self):
        """{(chat, message): text} of every message of the bot in which an offer still shows something."""
        found = {}
        for person in self.phones.state()["people"]:
            for message in self.phones.messages(person["id"]):
                if message["buttons"] and not any(mark in message["text"] for mark in ("Stop", "code")):
                    found[person["id"], message["id"]] = message["text"]
        return found

    def line(self):
        return httpx.get(f"{self.server.url}/chat/api/lines/youth/", trust_env=False, timeout=60).json()["state"]

    def call(self, **said):
        body, stamp, nonce = json.dumps(said).encode(), str(int(time.time())), secrets.token_hex(16)
        headers = {
            "X-Hotline-Time": stamp,
            "X-Hotline-Nonce": nonce,
            "X-Hotline-Signature": sign(SECRET, stamp, nonce, body),
        }
        return httpx.post(f"{self.server.url}/freeze/", content=body, headers=headers, trust_env=False, timeout=60)

    def thaw(self):
        code, output = self.command("thaw", "--reason", "It was a drill").result()
        assert code == 0, output
        assert self.line() == "open"


@pytest.fixture
def house(command, serve):
    code, output = command("demo", DEMO_PASSWORD="tea with honey").result()
    assert code == 0, output
    server = serve(FREEZE_SECRET=SECRET)
    server.until(server.is_well)
    found = House(server, command)
    server.until(lambda: len(found.shown()) >= 4)
    return found


def visitor(house):
    """Somebody waits in the chat; the headers of their device and their room."""
    start = {"id": secrets.token_hex(16), "language": "en"}
    address = f"{house.server.url}/chat/api/lines/youth/conversations/"
    answer = httpx.post(address, json=start | answers(house), trust_env=False, timeout=60)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}, answer.json()["room"]


def answers(house):
    line = httpx.get(f"{house.server.url}/chat/api/lines/youth/", trust_env=False, timeout=60).json()
    given = {}
    for question in line["questions"]:
        if question["required"]:
            choice = (question.get("choices") or [{"value": "x"}])[0]["value"]
            given[question["key"]] = {"yesno": True, "number": 20}.get(question["kind"], choice)
    return {"answers": given, "alias": "Somebody"}


def test_the_drill(house, variables):
    told, room = visitor(house)
    mark = Mark()
    events = f"{house.server.url}/chat/api/rooms/{room}/events/"
    words = {"id": secrets.token_hex(16), "body": str(mark)}
    assert httpx.post(events, json=words, headers=told, trust_env=False, timeout=60).status_code == 200
    ada = house.phones.person("Ada", started=False)
    # What the freeze will stop: a word to a coordinator goes out, and whoever has the keys reads everything.
    coordinator = next(chat for chat, _message in house.shown())
    said = house.run(PREPARE + SAY.format(chat=coordinator, words="Before the freeze"))
    code, _word, link = said.rpartition("code ")[2].split()[:3]
    house.until(lambda: "Before the freeze" in house.phones.seen(coordinator))
    mark.assert_present(opens(variables))
    first, *_more, last = sorted(Path(variables["VAR_DIR"], "keyring").glob("????-??-??.key"))
    keys = [Mark(file.read_text()) for file in (first, last)]
    on_disk = Folder(variables["VAR_DIR"])
    assert all(key.found_in(on_disk) for key in keys)
    house.phones.start(ada, code)
    house.until(lambda: any("Linked" in text for text in house.phones.seen(ada)))
    assert httpx.get(f"{house.server.url}/o/{link}/", trust_env=False, timeout=60).status_code == 200

    # From the phone
    house.phones.text(ada, "/freeze")
    house.until(lambda: any("Stop the whole house" in text for text in house.phones.seen(ada)))
    began = time.monotonic()
    house.phones.press(ada, "Stop everything")
    house.until(lambda: house.line() == "closed")
    house.until(lambda: not {key: text for key, text in house.shown().items() if key[0] != ada})
    assert time.monotonic() - began < EMPTY_WITHIN
    calls = len(house.phones.calls("sendMessage"))
    assert httpx.get(f"{house.server.url}/o/{link}/", trust_env=False, timeout=60).status_code == 404
    log = httpx.get(events, headers=told, trust_env=False, timeout=60).json()["events"]
    assert log[-1]["data"] == {"by": "house", "why": "closed"}
    # the same way to the same phone, now; a later word to an administrator has gone out meanwhile
    house.run(SAY.format(chat=coordinator, words="While it is frozen"))
    before = len(house.phones.seen(ada))
    house.phones.text(ada, "/freeze")
    house.until(lambda: len(house.phones.seen(ada)) > before)
    chats = {call["parameters"]["chat_id"] for call in house.phones.calls("sendMessage")[calls:]}
    assert chats <= {ada, str(ada)}, "nothing leaves for anybody else"
    assert "While it is frozen" not in house.phones.seen(coordinator)

    # Thawed: nothing is resurrected by itself
    house.thaw()
    assert "out 0 0" in house.run(OUT)
    assert not {key: text for key, text in house.shown().items() if key[0] != ada}

    # By a signed call, and by the command beside it
    assert house.call(action="freeze", reason="drill").json()["state"] == "frozen"
    assert house.line() == "closed"
    code, output = house.command("freeze", "--reason", "drill").result()
    assert code == 0 and "called back" in output, output

    # Keys destroyed from afar: nothing of what was told opens again, by the very search that found it
    mark.assert_present(opens(variables))
    assert house.call(action="destroy", passphrase="guess").status_code == 403
    assert house.call(action="destroy", passphrase=WORDS).json() == {"state": "destroyed"}
    found = opens(variables)
    mark.assert_absent(found)
    for place in (on_disk, rows_of(variables), redis_of(), Text(house.server.output)):
        mark.assert_absent(place)
    assert not [key for key in keys if key.found_in(on_disk)], "a key is left on the disk"
    assert house.server.end() == 0


def test_a_house_without_its_site_key_says_so_and_begins_anew(command, serve, variables):
    code, output = command("demo", DEMO_PASSWORD="tea with honey").result()
    assert code == 0, output
    asked = [
        "shell",
        "--no-imports",
        "-c",
        "from hotline.lib.keyring import keyring; keyring().destroy(with_site_key=True)",
    ]
    assert command(*asked).result()[0] == 0
    code, output = serve().result()
    assert code != 0 and "destroyed on" in output and "Traceback" not in output
    assert command("keys", "create").result()[0] == 0
    server = serve()
    server.until(lambda: server.health() is not None)
    assert httpx.get(f"{server.url}/accounts/login/", trust_env=False, timeout=60).status_code == 200
    assert server.end() == 0
