"""The Telegram simulator for tests: the real server on a free port, and short words for what people do with phones.

Import the fixture `simulator` (and `simulator_server`) where it is needed, or from a conftest.
"""

import asyncio
import contextlib
import socket
import threading
import time

import httpx
import pytest
import uvicorn
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler

from hotline.telegram.simulator.server import PREFIX, Server
from hotline.telegram.simulator.simulator import Simulator

TOKEN = "1:simulator"
USERNAME = "hotline_test_bot"
PATIENCE = 60.0


class SimulatorServer:
    """The server in a thread of its own, with an event loop of its own, on 127.0.0.1."""

    def __init__(self):
        self.simulator = Simulator(TOKEN, USERNAME)
        self.application = Server(self.simulator)
        self.port = 0
        self._open = threading.Event()
        self._thread = threading.Thread(target=self._run, name="simulator", daemon=True)

    def start(self) -> None:
        """Returns when it can be asked."""
        self._thread.start()
        if not self._open.wait(PATIENCE):
            raise RuntimeError("the simulator did not start")

    @property
    def url(self) -> str:
        """What TELEGRAM_API_URL holds for it."""
        return f"http://127.0.0.1:{self.port}{PREFIX}"

    def end(self) -> None:
        """Closes it; returns when the thread is over."""
        self.loop.call_soon_threadsafe(self.simulator.close)
        self._server.should_exit = True
        self._thread.join(PATIENCE)

    @contextlib.contextmanager
    def refusing(self):
        """Inside, nobody listens on the port: connections are refused, open ones are cut."""
        self._soon(self._shut())
        try:
            yield
        finally:
            self._soon(self._listen())

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        config = uvicorn.Config(
            ASGIStaticFilesHandler(self.application),
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        config.load()
        self._server = uvicorn.Server(config)
        self._server.lifespan = config.lifespan_class(config)
        await self._listen()
        self._open.set()
        await self._server.main_loop()
        await self._server.shutdown()

    async def _listen(self) -> None:
        listening = socket.create_server(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        await self._server.startup([listening])

    async def _shut(self) -> None:
        for server in self._server.servers:
            server.close()
        for connection in list(self._server.server_state.connections):
            connection.transport.abort()

    def _soon(self, work) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)


class SimulatorClient:
    """What a test does with the simulator. People and chats are named by their ids, as Telegram gives them."""

    token = TOKEN
    username = USERNAME

    def __init__(self, url: str, server: SimulatorServer | None = None):
        self.url = url
        self.server = server
        self._http = httpx.Client(base_url=f"{self.url}/control/", trust_env=False, verify=False, timeout=PATIENCE)

    def get(self, name: str, /, **query) -> dict:
        """Read from the control interface."""
        return self._answer(self._http.get(name, params=query))

    def post(self, name: str, /, **fields) -> dict:
        """Do something by the control interface; raises AssertionError with its words when it refuses."""
        return self._answer(self._http.post(name, json=fields))

    def person(self, name: str, started: bool = True, **more) -> int:
        """A new phone; `started`: the bot may write to it. Gives the person's id, which is their private chat's too."""
        return self.post("people", name=name, started=started, **more)["id"]

    def start(self, person: int, code: str = "", chat: int | None = None) -> dict:
        """Open the bot's deep link with a code, in private or for a group."""
        return self.post("start", person=person, code=code, chat=chat)

    def text(self, person: int, text: str, chat: int | None = None, reply_to: int | None = None) -> dict:
        """Write to the bot, or into a group."""
        return self.post("text", person=person, text=text, chat=chat, reply_to=reply_to)

    def press(self, person: int, button: str = "", data: str = "", chat: int | None = None, message: int | None = None):
        """Press a button by its words or its data; gives {"query", "data", …} or {"url"}."""
        return self.post("press", person=person, button=button, data=data, chat=chat, message=message)

    def group(self, title: str, *members: int, supergroup: bool = False) -> int:
        """A new group with the bot; gives its id."""
        return self.post("groups", title=title, members=members, supergroup=supergroup)["id"]

    def block(self, person: int, blocked: bool = True) -> None:
        """Block the bot, or take it back."""
        self.post("block", person=person, blocked=blocked)

    def fault(self, kind: str, **options) -> int:
        """Switch a fault on (method, chat, count, seconds, retry_after, code); gives its id."""
        return self.post("faults", kind=kind, **options)["id"]

    def clear_faults(self) -> None:
        """All faults off."""
        self.post("faults/clear")

    def settings(self, **changes) -> dict:
        """Change limits (enabled, all_per_second, chat_per_second, group_per_minute, leeway, …) or callback_seconds."""
        return self.post("settings", **changes)

    def refusing(self):
        """Context: connections are refused as if no server were there."""
        return self.server.refusing()

    def state(self) -> dict:
        """Everything there is."""
        return self.get("state")

    def messages(self, chat: int) -> list[dict]:
        """All messages of a chat with their versions, those of the bot and of people, without deleted ones."""
        return [message for message in self.get("chat", id=chat)["messages"] if not message["deleted"]]

    def seen(self, chat: int) -> list[str]:
        """The texts of the bot's messages in a chat as they stand now."""
        own = int(TOKEN.partition(":")[0])
        return [message["text"] for message in self.messages(chat) if message["from"] == own]

    def calls(self, method: str = "", since: int = 0) -> list[dict]:
        """The log of calls: `at` and `finished` in monotonic seconds, status, error, unknown parameters, fault."""
        return self.get("calls", method=method, since=since)["calls"]

    def wait_for(self, condition, seconds: float = PATIENCE):
        """The first true result of `condition(client)`, asked again at each change; fails when the time is over."""
        until, version = time.monotonic() + seconds, None
        while True:
            now = self.get("view")["version"] if version is None else version
            if result := condition(self):
                return result
            left = until - time.monotonic()
            assert left > 0, f"it did not happen within {seconds} s"
            version = self.get("view", since=now, wait=min(left, 1))["version"]

    def wait_for_poll(self) -> None:
        """Returns when a getUpdates waits in the simulator."""
        self.wait_for(lambda client: any(not call["status"] for call in client.calls("getUpdates")))

    def _answer(self, response: httpx.Response) -> dict:
        assert response.status_code == 200, f"{response.status_code}: {response.text}"
        return response.json()


@pytest.fixture(scope="session")
def simulator_server():
    """The server for the whole session."""
    server = SimulatorServer()
    server.start()
    yield server
    server.end()


@pytest.fixture
def simulator(simulator_server, settings):
    """A simulator with nobody in it; the settings point at it."""
    client = SimulatorClient(simulator_server.url, simulator_server)
    client.post("reset")
    settings.TELEGRAM_API_URL = client.url
    settings.TELEGRAM_BOT_TOKEN = client.token
    return client
