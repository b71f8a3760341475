"""A house made of answers: what a page's connection meets on the line, with every fault that a line can have."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

STATIC = Path(__file__).parents[2] / "static"
ADDRESS = "http://house.test"
START = """async (options) => {
    const { Connection } = await import("/static/js/chat/connection.js");
    const kinds = "state opened event reset message read typing present queue closed taken ring refused".split(" ");
    const heard = (window.heard = []);
    window.messages = {};
    const c = (window.c = new Connection({ token: "token", ...options }));
    for (const kind of kinds)
        c.addEventListener(kind, (event) => heard.push([kind, structuredClone(event.detail)]));
}"""


class House:
    """
    One room "R" and whoever calls. `frames` are what came, `log` what is in the room (list of events).

    The switches are faults: `deaf` (takes sockets and frames, says nothing), `dead` (a socket that does so), `shut` (takes
    no sockets), `down` (HTTP does not answer either), `keeps_acks` (stores, and tells nobody), `refuses` ({"code",
    "detail"} for every post).
    """

    def __init__(self, page):
        self.page = page
        self.sockets, self.frames, self.log, self.requests = [], [], [], []
        self.deaf = self.shut = self.down = self.keeps_acks = False
        self.refuses = None
        self.dead = self.code = None
        page.clock.install()
        page.route(re.compile(r".*"), self._http)
        page.route_web_socket(re.compile(r"/ws/"), self._socket)
        page.goto(f"{ADDRESS}/")

    # ---- what the test does ----

    def connect(self, *, join=True, **options):
        """A connection on the page; waits until it is known where the line is whole."""
        self.page.evaluate(START, options)
        if join:
            self.page.evaluate("() => c.join('R')")

    def say(self, body="Hello", sender="P2"):
        """Somebody else writes; returns the event, which nobody has been told yet."""
        event = {"room": "R", "seq": len(self.log) + 1, "kind": "message", "from": sender, "at": "now", "body": body}
        self.log.append(event)
        return event

    def tell(self, *events, kind="event"):
        """Send frames to the latest socket."""
        for event in events:
            self.sockets[-1].send(json.dumps({"type": kind, **event}))

    def post(self, body):
        """Our side writes; returns the id."""
        script = "(body) => { const one = c.post('R', body); messages[one.id] = one; return one.id; }"
        return self.page.evaluate(script, body)

    def pass_time(self, seconds):
        """So much time goes by on the page, with all that is due in it."""
        self.page.clock.run_for(int(seconds * 1000))

    def sleep(self, seconds):
        """The machine sleeps: afterwards it is later, and every timer comes once."""
        self.page.clock.fast_forward(int(seconds * 1000))

    def until(self, expression):
        """Wait until this holds on the page (`c`, `heard` and `messages` are there)."""
        self.page.wait_for_function(f"() => {expression}", polling=20)

    def wait(self, met):
        """Wait until `met()` holds here."""
        for _time in range(4000):
            if met():
                return
            self.page.evaluate("() => new Promise((done) => requestAnimationFrame(done))")
        raise AssertionError(f"it did not come to it; frames: {self.frames[-10:]}, heard: {self.heard()[-10:]}")

    def heard(self, kind=None):
        """What the page was told: [kind, detail] each, or the details of one kind."""
        all_of_it = self.page.evaluate("() => heard")
        return all_of_it if kind is None else [detail for one, detail in all_of_it if one == kind]

    def shown(self):
        """The seqs that the page was given, in their order."""
        return [event["seq"] for event in self.heard("event")]

    def state(self):
        return self.page.evaluate("() => c.state")

    def sent(self, kind):
        """The frames of one type that came, of all sockets."""
        return [frame for frame in self.frames if frame["type"] == kind]

    # ---- what the house does ----

    def _http(self, route):
        url = urlsplit(route.request.url)
        if url.path == "/":
            route.fulfill(content_type="text/html", body="<!doctype html><html lang=en><title>A page</title>")
        elif url.path.startswith("/static/"):
            route.fulfill(content_type="text/javascript", body=(STATIC / url.path[8:]).read_text())
        elif url.path == "/favicon.ico":
            route.fulfill(status=404)
        elif self.down:
            route.abort()
        else:
            self._call(route, url)

    def _call(self, route, url):
        request = route.request
        self.requests.append((request.method, url.path, request.post_data_json if request.post_data else None))
        if request.method == "GET":
            query = {name: int(values[0]) for name, values in parse_qs(url.query).items()}
            events = [one for one in self.log if query.get("after", 0) < one["seq"] < query.get("before", 10**9)]
            if not events and query.get("wait"):
                return  # it waits at the door
            route.fulfill(json={"room": {"state": "active", "first": 1, "head": len(self.log)}, "events": events[:200]})
        elif url.path.endswith("/end/"):
            route.fulfill(json={"room": "R", "state": "ended"})
        elif self.refuses:
            route.fulfill(status=409, json=self.refuses)
        else:
            route.fulfill(json=self._stored(request.post_data_json))

    def _socket(self, ws):
        self.sockets.append(ws)
        if self.shut:
            ws.close(code=self.code or 1011)
            return
        ws.on_message(lambda text: self._frame(ws, json.loads(text)))

    def _frame(self, ws, frame):
        self.frames.append(frame)
        if self.deaf or ws is self.dead or ws is not self.sockets[-1]:
            return
        kind = frame["type"]
        if kind == "hello":
            self.tell({"version": 1, "heartbeat": 15, "me": {}}, kind="welcome")
            for room, after in frame["rooms"].items():
                self._open(room, after)
        elif kind == "open":
            self._open(frame["room"], frame.get("after"))
        elif kind == "ping":
            self.tell({}, kind="pong")
        elif kind == "post" and self.refuses:
            self.tell({**self.refuses, "id": frame["id"], "room": "R"}, kind="error")
        elif kind == "post":
            self._post(frame)

    def _open(self, room, after):
        if room != "R":
            self.tell({"code": "unknown_room", "detail": "No such room.", "room": room}, kind="error")
            return
        head = len(self.log)
        opened = {"room": "R", "kind": "conversation", "state": "active", "first": 1, "head": head}
        self.tell({**opened, "me": "P1", "participants": {}}, kind="opened")
        self.tell(*self.log[(max(0, head - 50) if after is None else after) :])

    def _post(self, frame):
        fresh = all(event.get("id") != frame["id"] for event in self.log)
        answer = self._stored(frame)
        if self.keeps_acks:
            return
        if fresh:
            self.tell(self.log[-1])
        self.tell(answer, kind="ack")

    def _stored(self, post):
        known = next((event for event in self.log if event.get("id") == post["id"]), None)
        if known is None:
            known = self.say(post["body"], sender="P1")
            known["id"] = post["id"]
        return {"room": "R", "id": post["id"], "seq": known["seq"], "at": "now"}
