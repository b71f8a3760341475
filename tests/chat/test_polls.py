"""The room over HTTP: same ids, same rights, same answers as on the socket."""

import asyncio
import uuid

import httpx
import pytest
from channels.db import database_sync_to_async as db
from django.db import OperationalError
from django.test import Client

from chat.actions import conversations, messages, queue
from chat.actions.messages import Post
from chat.consumers import polls, queues, rooms
from chat.models import Conversation, Event, Participant
from hotline.asgi import application

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def everybody(cast, monkeypatch):
    monkeypatch.setattr(queues, "PAUSE", 0.0)
    # whatever other tests of this process have closed
    monkeypatch.setattr(polls.application, "_closing", False)
    return cast.vera, cast.viktor


@pytest.fixture
async def http():
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        yield client


class Caller:
    """A visitor's device, or a volunteer's browser, that has no socket."""

    def __init__(self, http, room, **options):
        self._http, self.address, self._options = http, f"/chat/api/rooms/{room}/events/", options

    async def read(self, **query):
        return await self._http.get(self.address, params=query, **self._options)

    async def post(self, body, message_id=None, **more):
        sent = {"id": message_id or str(uuid.uuid4()), "body": body, **more}
        return await self._http.post(self.address, json=sent, **self._options)


@pytest.fixture
async def visitor(http, waiting):
    """(Caller, Started) of a visitor who waits."""
    _participant, started = await db(waiting)()
    return Caller(http, started.room, headers={"Authorization": f"Bearer {started.token}"}), started


def browser(http, room, person, *, csrf=True):
    client = Client()
    client.force_login(person)
    token = "a" * 32
    cookies = {"sessionid": client.cookies["sessionid"].value, "csrftoken": token}
    headers = {"X-CSRFToken": token} if csrf else {}
    return Caller(http, room, headers=headers | {"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())})


async def until(condition):
    """Goes round the event loop until the condition holds."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0)


async def test_what_is_posted_is_read(visitor):
    caller, started = visitor
    sent = str(uuid.uuid4())
    posted = (await caller.post("Hello?", sent)).json()
    assert (posted["room"], posted["id"], posted["seq"]) == (started.room, sent, 2)
    assert (await caller.post("Hello?", sent)).json() == posted
    answer = (await caller.read(after=1)).json()
    room = answer["room"]
    me, (participant,) = room.pop("me"), room.pop("participants").items()
    assert room == {"state": "waiting", "first": 1, "head": 2, "position": 1, "wait_seconds": None}
    assert participant == (me, {"alias": "", "role": "visitor", "state": "here", "read": 0})
    assert [(event["seq"], event["body"], event["id"]) for event in answer["events"]] == [(2, "Hello?", sent)]


async def test_the_same_id_for_another_text_is_refused(visitor):
    caller, _started = visitor
    sent = str(uuid.uuid4())
    await caller.post("One", sent)
    answer = await caller.post("Two", sent)
    assert (answer.status_code, answer.json()["code"]) == (409, "id_reused")


async def test_a_poll_waits_for_the_next_event(visitor):
    caller, started = visitor
    waits = asyncio.create_task(caller.read(after=1, wait=25))
    await until(lambda: started.room in rooms.here().rooms)
    await caller.post("Hello?")
    answer = (await waits).json()
    assert [event["body"] for event in answer["events"]] == ["Hello?"]
    assert rooms.here().rooms == {}, "nothing is left behind"


async def test_a_poll_waits_for_a_better_place_in_the_queue(http, visitor, waiting, cast):
    _caller, first = visitor
    _participant, second = await db(waiting)()
    behind = Caller(http, second.room, headers={"Authorization": f"Bearer {second.token}"})
    assert (await behind.read(after=1)).json()["room"]["position"] == 2
    waits = asyncio.create_task(behind.read(after=1, wait=25))
    await until(lambda: queues.here()._queues)
    await db(lambda: queue.take(cast.vera, Conversation.objects.get(code=first.conversation), uuid.uuid4()))()
    answer = (await waits).json()
    assert (answer["room"]["position"], answer["events"]) == (1, [])


async def test_a_poll_without_news_is_answered_when_its_time_is_up(visitor):
    caller, _started = visitor
    answer = (await caller.read(after=1, wait=1)).json()
    assert answer["events"] == [] and answer["room"]["head"] == 1


async def test_when_the_house_closes_every_poll_is_answered_at_once(visitor):
    caller, started = visitor
    waits = asyncio.create_task(caller.read(after=1, wait=25))
    await until(lambda: started.room in rooms.here().rooms)
    polls.application.close()
    assert (await waits).json()["events"] == []
    assert (await caller.read(after=1, wait=25)).json()["events"] == []


async def test_pages_have_two_hundred_events(visitor):
    caller, _started = visitor
    author = await db(Participant.objects.get)(role="visitor")
    await db(messages.post_many)([Post(author.pk, uuid.uuid4(), str(number)) for number in range(250)])
    assert [event["seq"] for event in (await caller.read(after=0)).json()["events"]] == list(range(1, 201))
    assert [event["seq"] for event in (await caller.read(before=100)).json()["events"]] == list(range(1, 100))
    assert [event["seq"] for event in (await caller.read()).json()["events"]] == list(range(52, 252))


async def test_a_volunteer_without_a_socket(http, visitor, cast):
    caller, started = visitor
    await db(lambda: queue.take(cast.vera, Conversation.objects.get(code=started.conversation), uuid.uuid4()))()
    vera = await db(browser)(http, started.room, cast.vera)
    assert (await vera.post("Good evening.")).status_code == 200
    answer = (await caller.read(after=2)).json()
    assert [event["body"] for event in answer["events"]] == ["Good evening."]
    assert answer["room"]["state"] == "active"


# Refusals


async def test_without_a_csrf_token_nobody_posts_by_a_session(http, visitor, cast):
    _caller, started = visitor
    await db(lambda: queue.take(cast.vera, Conversation.objects.get(code=started.conversation), uuid.uuid4()))()
    vera = await db(browser)(http, started.room, cast.vera, csrf=False)
    answer = await vera.post("Good evening.")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert (await vera.read(after=0)).status_code == 200


async def test_others_read_nothing(http, visitor, waiting, cast):
    _caller, started = visitor
    _participant, other = await db(waiting)()
    strangers = [
        Caller(http, started.room),
        Caller(http, started.room, headers={"Authorization": "Bearer made-up"}),
        Caller(http, started.room, headers={"Authorization": "Basic dmVyYTp4"}),
        Caller(http, started.room, headers={"Authorization": f"Bearer {other.token}"}),
        await db(browser)(http, started.room, cast.viktor),
        await db(browser)(http, started.room, cast.vera),
    ]
    answers = [await stranger.read(after=0) for stranger in strangers]
    answers += [await stranger.post("Hello?") for stranger in strangers]
    codes = [(answer.status_code, answer.json()["code"]) for answer in answers]
    assert codes == 2 * ([(401, "not_known")] * 3 + [(404, "unknown_room")] * 3)
    assert not await db(Event.objects.filter(kind="message").exists)()


async def test_a_token_in_the_address_is_nothing(http, visitor):
    _caller, started = visitor
    assert (await Caller(http, started.room).read(after=0, token=started.token)).status_code == 401


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"body": ""}, 400, "bad_frame"),
        ({"body": "x" * 4001}, 413, "too_large"),
        ({"body": 7}, 400, "bad_frame"),
        ({"id": "7"}, 400, "bad_frame"),
        ({"more": "x"}, 400, "bad_frame"),
        ({"body": "x" * 70_000}, 413, "too_large"),
    ],
)
async def test_bad_input_is_said(visitor, sent, status, code):
    caller, _started = visitor
    answer = await caller._http.post(
        caller.address, json={"id": str(uuid.uuid4()), "body": "Hello?"} | sent, **caller._options
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "query", [{"after": "x"}, {"after": "-1"}, {"before": "9" * 17}, {"wait": "soon"}, {"after": "٣"}]
)
async def test_bad_numbers_are_said(visitor, query):
    caller, _started = visitor
    answer = await caller.read(**query)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_frame")


async def test_what_is_no_json_is_said(visitor):
    caller, _started = visitor
    answer = await caller._http.post(caller.address, content=b"{", **caller._options)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_frame")


async def test_the_visitors_language_is_spoken(visitor):
    caller, _started = visitor
    answer = await caller._http.put(caller.address, **caller._options)
    assert answer.status_code == 405


async def test_after_the_end_it_is_still_read_and_nothing_written(visitor):
    caller, started = visitor
    await db(lambda: conversations.end_as_visitor(conversations.visitor(started.token)))()
    answer = await caller.post("Hello?")
    assert (answer.status_code, answer.json()["code"]) == (409, "ended")
    assert [event["kind"] for event in (await caller.read(after=0)).json()["events"]] == ["joined", "ended"]


async def test_a_line_without_transcript_shows_nothing_again(visitor, line):
    caller, started = visitor
    await caller.post("Hello?")
    line.can_keep_transcript = False
    await db(line.save)()
    assert [event["kind"] for event in (await caller.read(after=0)).json()["events"]] == ["joined", "message"]
    await db(lambda: conversations.end_as_visitor(conversations.visitor(started.token)))()
    answer = (await caller.read(after=0)).json()
    assert [event["kind"] for event in answer["events"]] == ["ended"]
    assert (answer["room"]["first"], answer["room"]["head"]) == (3, 3)


async def test_after_leaving_the_token_opens_nothing(visitor):
    caller, started = visitor
    await db(lambda: conversations.end_as_visitor(conversations.visitor(started.token), leaving=True))()
    assert (await caller.read(after=0)).status_code == 401
    assert (await caller.post("Hello?")).status_code == 401


@pytest.mark.parametrize(("error", "status", "code"), [(RuntimeError, 500, "failed"), (OperationalError, 503, "away")])
async def test_what_breaks_is_told_with_the_code_of_its_line_in_the_log(
    visitor, monkeypatch, caplog, error, status, code
):
    def broken(*_given):
        raise error("a secret of the program")

    caller, _started = visitor
    monkeypatch.setattr("chat.consumers.seats.view", broken)
    answer = await caller.read()
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "secret" not in answer.text
    assert answer.json()["trouble"] in {getattr(record, "trouble", "") for record in caplog.records}
