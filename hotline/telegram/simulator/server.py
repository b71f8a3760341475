"""The simulator as an ASGI application, mounted at /simulator/ in the demo or alone (`manage.py simulator`).

/simulator/                      the page for humans
/simulator/bot<token>/<method>   the Bot API
/simulator/control/…             the control interface, see control.py
"""

from pathlib import Path
from urllib.parse import parse_qs

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from hotline.telegram.simulator import control, http, page
from hotline.telegram.simulator.errors import ControlError
from hotline.telegram.simulator.simulator import Simulator
from hotline.telegram.simulator.views import page_view

PREFIX = "/simulator"
USERNAME = "hotline_demo_bot"
LONGEST_WAIT = 30.0


class Server:
    """The ASGI application around one simulator. Only this machine may ask, only under a name of this machine."""

    def __init__(self, simulator: Simulator):
        self.simulator = simulator

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 4400})
        elif not http.is_local(scope):
            await http.answer_json(send, 403, {"error": "The simulator serves this machine only."})
        else:
            path = scope["path"].removeprefix(PREFIX)
            await self._route(path, scope, receive, send)

    async def _route(self, path: str, scope, receive, send) -> None:
        if path.startswith("/bot") and path.count("/") == 2:
            token, _, method = path.removeprefix("/bot").partition("/")
            await self.simulator.serve(token, method, scope, receive, send)
        elif path.startswith("/control/"):
            await self._control(path.removeprefix("/control/"), scope, receive, send)
        elif path in ("/", "/start"):
            await http.answer(send, 200, *page.render(scope))
        else:
            await http.answer_json(send, 404, {"ok": False, "error_code": 404, "description": "Not Found"})

    async def _control(self, name: str, scope, receive, send) -> None:
        query = {key: values[-1] for key, values in parse_qs(scope["query_string"].decode()).items()}
        try:
            if scope["method"] == "GET":
                answer = await self._read(name, query, receive)
            elif not http.header(scope, "content-type").startswith("application/json"):
                raise ControlError("Send JSON.", 415)  # which no foreign page can without asking first
            else:
                answer = control.run(self.simulator, name, http.read_json(await http.read_body(receive)))
        except ControlError as error:
            await http.answer_json(send, error.status, {"error": str(error)})
        except (http.BadBody, ValueError) as error:
            await http.answer_json(send, 400, {"error": str(error)})
        else:
            await http.answer_json(send, 200, answer)

    async def _read(self, name: str, query: dict, receive) -> dict:
        if name == "state":
            return control.state(self.simulator)
        if name == "chat":
            return control.chat(self.simulator, int(query.get("id", 0)))
        if name == "calls":
            return control.calls(self.simulator, int(query.get("since", 0)), query.get("method", ""))
        if name == "view":
            seen, world = int(query.get("since", -1)), self.simulator.world
            if world.version == seen and not self.simulator.closing:
                await self.simulator.waiters.wait(min(float(query.get("wait", 0)), LONGEST_WAIT))
            return page_view(self.simulator)
        raise ControlError("There are state, chat, calls and view to read.", 404)

    async def _lifespan(self, receive, send) -> None:
        while True:
            event = await receive()
            if event["type"] == "lifespan.startup":
                self.simulator.start_delivery()
                await send({"type": "lifespan.startup.complete"})
            elif event["type"] == "lifespan.shutdown":
                self.simulator.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


def configured(state: Path | None) -> Simulator:
    """The simulator with the bot of the settings; raises ImproperlyConfigured outside the demo."""
    if not settings.SIMULATOR:
        raise ImproperlyConfigured(
            "The Telegram simulator runs in the demo only: DEBUG is off, or TELEGRAM_BOT_TOKEN is set."
        )
    return Simulator(settings.TELEGRAM_BOT_TOKEN, USERNAME, state)


class Mounted:
    """The simulator inside the house's own server, made when it is first asked."""

    def __init__(self):
        self._server: Server | None = None

    async def __call__(self, scope, receive, send) -> None:
        if self._server is None:
            self._server = Server(configured(settings.SIMULATOR_STATE))
            self._server.simulator.start_delivery()
        await self._server(scope, receive, send)

    def close(self) -> None:
        """The server ends: nobody waits any longer, and the state is written."""
        if self._server is not None:
            self._server.simulator.close()


application = Mounted()
