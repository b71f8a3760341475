"""The simulator's ways to tell the bot: long polls that confirm by their offset, and the webhook."""

import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from telegram.error import BadRequest, Conflict


@pytest.fixture
def webhook():
    """A server of the test's own that takes updates: `.url`, `.taken` (headers, update), `.statuses` to answer with."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            server.taken.append((dict(self.headers), body))
            self.send_response(server.statuses.pop(0) if server.statuses else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.taken, server.statuses = [], []
    server.url = f"http://127.0.0.1:{server.server_port}/hook/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


async def test_updates_come_again_until_a_higher_offset_confirms_them(library_bot, simulator):
    vera = simulator.person("Vera")
    for words in ("one", "two", "three"):
        simulator.text(vera, words)
    first = await library_bot.get_updates(limit=2)
    assert [update.message.text for update in first] == ["one", "two"]
    again = await library_bot.get_updates()
    assert [update.message.text for update in again] == ["one", "two", "three"]
    rest = await library_bot.get_updates(offset=first[1].update_id + 1)
    assert [update.message.text for update in rest] == ["three"]
    assert simulator.state()["pending_updates"] == 1


async def test_negative_offset_keeps_only_the_last(library_bot, simulator):
    vera = simulator.person("Vera")
    for words in ("one", "two", "three"):
        simulator.text(vera, words)
    assert [update.message.text for update in await library_bot.get_updates(offset=-1)] == ["three"]
    assert [update.message.text for update in await library_bot.get_updates()] == ["three"]


async def test_long_poll_ends_with_the_first_update(library_bot, simulator):
    vera = simulator.person("Vera")
    poll = asyncio.create_task(library_bot.get_updates(timeout=30))
    await asyncio.to_thread(simulator.wait_for_poll)
    simulator.text(vera, "Hello")
    (update,) = await asyncio.wait_for(poll, 60)
    assert update.message.text == "Hello"


async def test_second_poll_ends_the_first(library_bot, simulator):
    first = asyncio.create_task(library_bot.get_updates(timeout=30))
    await asyncio.to_thread(simulator.wait_for_poll)
    assert await library_bot.get_updates(timeout=0) == ()
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await asyncio.wait_for(first, 60)


async def test_poll_that_is_given_up_takes_nothing_along(library_bot, simulator):
    vera = simulator.person("Vera")
    poll = asyncio.create_task(library_bot.get_updates(timeout=30))
    await asyncio.to_thread(simulator.wait_for_poll)
    poll.cancel()
    with pytest.raises(asyncio.CancelledError):
        await poll
    simulator.text(vera, "Hello")
    assert len(await library_bot.get_updates()) == 1


async def test_only_wanted_kinds_come(library_bot, simulator):
    await library_bot.get_updates(allowed_updates=["message"])
    vera = simulator.person("Vera")
    simulator.block(vera)
    simulator.start(vera)
    assert [update.message.text for update in await library_bot.get_updates()] == ["/start"]


async def test_tests_can_send_what_telegram_never_would(library_bot, simulator):
    vera = simulator.person("Vera")
    simulator.text(vera, "Hello")
    (update,) = await library_bot.get_updates()
    simulator.post("updates", update={"message": {"nonsense": True}})
    simulator.post("updates", repeat=update.update_id)
    raw = await library_bot.request.post(f"{simulator.url}/bot{simulator.token}/getUpdates")
    assert [entry["update_id"] - update.update_id for entry in raw] == [0, 1, 0]
    assert raw[1]["message"] == {"nonsense": True}


async def test_webhook_gets_updates_with_its_secret_and_again_after_a_failure(library_bot, simulator, webhook):
    vera = simulator.person("Vera")
    simulator.text(vera, "before")
    webhook.statuses += [500]
    assert await library_bot.set_webhook(webhook.url, secret_token="s3cret_")
    simulator.text(vera, "after")
    simulator.wait_for(lambda client: client.state()["pending_updates"] == 0)
    assert [update["message"]["text"] for _, update in webhook.taken] == ["before", "before", "after"]
    assert {headers["X-Telegram-Bot-Api-Secret-Token"] for headers, _ in webhook.taken} == {"s3cret_"}
    info = await library_bot.get_webhook_info()
    assert (info.url, info.last_error_message) == (webhook.url, "Wrong response from the webhook: 500")


async def test_webhook_and_polls_exclude_each_other(library_bot, simulator, webhook):
    poll = asyncio.create_task(library_bot.get_updates(timeout=30))
    await asyncio.to_thread(simulator.wait_for_poll)
    await library_bot.set_webhook(webhook.url)
    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await asyncio.wait_for(poll, 60)
    with pytest.raises(Conflict, match="while webhook is active"):
        await library_bot.get_updates()
    assert await library_bot.delete_webhook(drop_pending_updates=True)
    assert await library_bot.get_updates() == ()


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("https://example.org/hook/", None),
        ("http://10.0.0.1/hook/", None),
        ("ftp://127.0.0.1/", None),
        ("http://127.0.0.1/hook/", "with space"),
    ],
)
async def test_webhook_stays_on_this_machine(library_bot, simulator, url, secret):
    with pytest.raises(BadRequest):
        await library_bot.set_webhook(url, secret_token=secret)
    assert simulator.state()["webhook"] == {}
