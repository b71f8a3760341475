import json

import pytest
from channels.db import database_sync_to_async
from django.utils.translation import gettext_lazy

from hotline.live import consumer, frames, watch
from hotline.live.doorbell import aring

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("registered")]


def conforms(frame):
    schema = frames.SERVER_FRAMES[frame["type"]]
    given = set(frame) - {"type"}
    return given <= set(schema.fields) and all(schema.fields[name].fits(frame[name]) for name in given)


# Coming in


async def test_hello_is_answered_by_a_welcome(open_socket, vera):
    socket = await open_socket(vera)
    assert (await socket.connect())["subprotocol"] == "hotline.v1"
    await socket.say(type="hello", rooms={})
    assert await socket.hear() == {"type": "welcome", "version": 1, "heartbeat": 15, "me": {"alias": "Vera"}}


async def test_a_ping_is_answered(open_socket, vera):
    socket = await open_socket(vera)
    await socket.welcome()
    await socket.say(type="ping")
    assert await socket.hear() == {"type": "pong"}


async def test_who_says_no_hello_is_closed(open_socket, vera, monkeypatch):
    monkeypatch.setattr(consumer, "HELLO_SECONDS", 0.05)
    socket = await open_socket(vera)
    await socket.connect()
    assert await socket.close_code() == 4408


async def test_who_said_hello_is_not_closed_for_silence(open_socket, vera):
    socket = await open_socket(vera)
    await socket.welcome()
    (served,) = watch.watch()._sockets
    assert served._waiting_for_hello.cancelled()


async def test_somebody_who_is_not_logged_in_is_closed(open_socket):
    socket = await open_socket()
    await socket.connect()
    await socket.say(type="hello")
    assert await socket.close_code() == 4401


async def test_a_session_that_does_not_exist_is_nobody(open_socket):
    socket = await open_socket()
    socket.scope["headers"].append((b"cookie", b"sessionid=0123456789abcdef0123456789abcdef"))
    await socket.connect()
    await socket.say(type="hello")
    assert await socket.close_code() == 4401


async def test_a_token_wins_over_the_session_and_is_not_known(open_socket, vera):
    socket = await open_socket(vera)
    await socket.connect()
    await socket.say(type="hello", token="abc")
    assert await socket.close_code() == 4401


@pytest.mark.parametrize("subprotocols", [[], ["hotline.v2"]])
async def test_another_subprotocol_is_not_spoken(open_socket, vera, subprotocols):
    socket = await open_socket(vera, subprotocols=subprotocols)
    assert (await socket.connect())["subprotocol"] is None
    assert await socket.close_code() == 4400


async def test_a_page_from_elsewhere_is_refused_at_the_handshake(open_socket, vera):
    socket = await open_socket(vera, origin="http://localhost:8001")
    assert (await socket.connect())["type"] == "websocket.close"


# Frames


async def test_a_bad_frame_is_declined_in_words_and_the_socket_stays(open_socket, vera):
    socket = await open_socket(vera)
    await socket.welcome()
    await socket.say_text("nonsense")
    answer = await socket.hear()
    assert answer == {"type": "error", "code": "bad_frame", "detail": "This message was not understood."}
    await socket.say(type="ping")
    assert await socket.hear() == {"type": "pong"}


async def test_hello_is_said_once(open_socket, vera):
    socket = await open_socket(vera)
    await socket.welcome()
    await socket.say(type="hello")
    assert (await socket.hear())["code"] == "bad_frame"


async def test_bytes_are_not_understood(open_socket, vera):
    socket = await open_socket(vera)
    await socket.welcome()
    await socket.say_bytes(b'{"type": "ping"}')
    assert (await socket.hear())["code"] == "bad_frame"


async def test_a_frame_above_64_kilobytes_is_too_large(open_socket, vera):
    socket = await open_socket(vera)
    await socket.welcome()
    await socket.say_text(" " * (64 * 1024 + 1))
    assert (await socket.hear())["code"] == "too_large"
    await socket.say(type="ping")
    assert await socket.hear() == {"type": "pong"}


async def test_an_error_repeats_the_ref(open_socket, vera):
    socket = await open_socket(vera)
    await socket.welcome()
    await socket.say(type="post", ref="17")
    assert (await socket.hear())["ref"] == "17"


async def test_an_error_is_in_the_language_of_the_person(open_socket, vera, monkeypatch):
    vera.language = "de"
    await database_sync_to_async(vera.save)()
    monkeypatch.setitem(frames.CODES, "bad_frame", gettext_lazy("Yes"))
    socket = await open_socket(vera)
    await socket.welcome()
    await socket.say(type="post")
    assert (await socket.hear())["detail"] == "Ja"


@pytest.mark.parametrize("text", ["nonsense", '{"type": "say", "body": "a"}'])
async def test_nothing_may_come_before_hello(open_socket, vera, text):
    socket = await open_socket(vera)
    await socket.connect()
    await socket.say_text(text)
    assert (await socket.hear())["code"] == "bad_frame"
    assert await socket.close_code() == 4400


async def test_ten_bad_frames_are_enough(open_socket, vera):
    socket = await open_socket(vera)
    await socket.welcome()
    for _ in range(10):
        await socket.say_text("nonsense")
    for _ in range(10):
        assert (await socket.hear())["code"] == "bad_frame"
    assert await socket.close_code() == 4400


async def test_too_many_frames_are_declined_and_a_flood_is_closed(open_socket, vera, settings):
    settings.LIMITS = settings.LIMITS | {"frames": [(3, 10)], "frames-flood": [(5, 10)]}
    socket = await open_socket(vera)
    await socket.welcome()
    for _ in range(6):
        await socket.say(type="ping")
    answers = [await socket.hear() for _ in range(4)]
    assert [answer.get("code", answer["type"]) for answer in answers] == ["pong", "pong", "too_fast", "too_fast"]
    assert await socket.close_code() == 4429


async def test_too_many_sockets_of_one_network_are_told_to_wait(open_socket, vera, settings, cache_in_memory):
    settings.LIMITS = settings.LIMITS | {"sockets": [(1, 60)]}
    await (await open_socket(vera)).welcome()
    socket = await open_socket(vera)
    assert (await socket.connect())["type"] == "websocket.accept"
    assert (await socket.hear())["code"] == "too_fast"
    assert await socket.close_code() == 4429


async def test_after_a_moment_frames_are_taken_again(open_socket, vera, settings):
    settings.LIMITS = settings.LIMITS | {"frames": [(1, 0)]}
    socket = await open_socket(vera)
    await socket.welcome()
    for _ in range(3):
        await socket.say(type="ping")
        assert await socket.hear() == {"type": "pong"}


async def test_what_breaks_is_told_with_the_code_of_its_line_in_the_log(open_socket, vera, monkeypatch, caplog):
    async def broken(socket, frame):
        raise RuntimeError("a secret of the program")

    monkeypatch.setattr("tests.support.sockets.say_again", broken)
    socket = await open_socket(vera)
    await socket.welcome()
    await socket.say(type="say", body="hello")
    told = await socket.hear()
    assert (told["type"], told["code"]) == ("error", "failed")
    assert "It has been noted" in told["detail"] and "secret" not in json.dumps(told)
    assert told["trouble"] in {getattr(record, "trouble", "") for record in caplog.records}
    assert await socket.close_code() == 1011


async def test_rooms_that_do_not_exist_are_named(open_socket, vera):
    socket = await open_socket(vera)
    await socket.connect()
    await socket.say(type="hello", rooms={"r1": 0}, ref="7")
    assert (await socket.hear())["type"] == "welcome"
    answer = await socket.hear()
    assert (answer["code"], answer["room"], answer["ref"]) == ("unknown_room", "r1", "7")


async def test_a_registered_frame_reaches_its_handler(open_socket, vera):
    socket = await open_socket(vera)
    await socket.welcome()
    await socket.say(type="say", body="так")
    assert await socket.hear() == {"type": "echo", "body": "так", "to": "vera"}


async def test_a_refusal_of_a_handler_is_said_in_words(open_socket, vera):
    socket = await open_socket(vera)
    await socket.welcome()
    await socket.say(type="say", body="no", ref="3")
    assert await socket.hear() == {"type": "error", "code": "refused", "detail": "Not now.", "ref": "3"}


async def test_what_the_server_sends_is_in_the_table(open_socket, vera):
    socket = await open_socket(vera)
    sent = [await socket.welcome()]
    await socket.say(type="ping")
    sent.append(await socket.hear())
    await socket.say(type="post", ref="1")
    sent.append(await socket.hear())
    await aring("places")
    sent.append(await socket.hear())
    assert [frame["type"] for frame in sent] == ["welcome", "pong", "error", "ring"]
    assert all(conforms(frame) for frame in sent)
