"""What the server does when it opens, before anybody comes."""

import asyncio
import threading

from hotline import asgi

warming, go_on = threading.Event(), threading.Event()


def warm_up():
    warming.set()
    go_on.wait(60)


def test_what_takes_long_is_made_ready_beside_the_opening(monkeypatch):
    monkeypatch.setattr(asgi, "WARM_UPS", ("tests.process.test_opening.warm_up",))
    coming, said = ["lifespan.startup", "lifespan.shutdown"], []

    async def receive():
        return {"type": coming.pop(0)}

    async def send(message):
        said.append(message["type"])
        if message["type"] == "lifespan.startup.complete":
            assert await asyncio.to_thread(warming.wait, 60) and not go_on.is_set()

    try:
        asyncio.run(asgi.application({"type": "lifespan"}, receive, send))
    finally:
        go_on.set()
    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
