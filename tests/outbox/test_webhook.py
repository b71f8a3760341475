"""Calls to a coordinator's own system: a real HTTP server on this machine, in all its moods."""

import json
import socket
import threading

import pytest

from coordinators.models import LocalCoordinator
from hotline.lib import outward, webhooks
from hotline.outbox import content, outcome
from hotline.outbox.actions.messages import edit, enqueue
from hotline.outbox.drivers import webhook
from hotline.outbox.models import Message, State
from tests.lib.test_outward import answers
from tests.support.hook import hook

__all__ = ["hook"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_bot(settings):
    settings.TELEGRAM_BOT_TOKEN = ""


@pytest.fixture
def endpoint(hook):
    coordinator = LocalCoordinator.objects.create(name="Helping hands", state=LocalCoordinator.State.ACTIVE)
    return hook.endpoint(coordinator)


@pytest.fixture
def call(heard, endpoint):
    """call(key) -> a message for the system."""

    def written(key="call", **more):
        given = {"channel": "webhook", "recipient": endpoint.address, "key": key, "purpose": "test"}
        return enqueue(**given | {"content": content.event(endpoint.pk, "test.said", {"word": "Ґанок"})} | more)

    return written


def state_of(message):
    row = Message.objects.get(pk=message.pk)
    return row.state, row.error


def test_a_call_is_signed_json_under_the_message_s_own_id(hook, call, deliver, heard):
    message = call()
    deliver()
    (said,) = hook.calls
    assert said["type"] == "test.said" and said["data"] == {"word": "Ґанок"} and said["timestamp"]
    assert hook.ids == [str(message.pk)] and hook.unsigned == 0
    row = Message.objects.get(pk=message.pk)
    assert (row.state, row.sealed, row.external_id) == (State.SENT, None, str(message.pk))


def test_while_secrets_change_both_sign(hook, call, deliver, endpoint):
    endpoint.secrets = f"{webhooks.new_secret()} {hook.secrets[0]}"
    endpoint.save()
    call()
    deliver()
    assert hook.types() == ["test.said"]


def test_a_system_that_was_switched_off_is_not_called(hook, call, deliver, endpoint):
    message = call()
    type(endpoint).objects.update(state="off")
    deliver()
    assert state_of(message) == (State.DEAD, "gone")
    assert hook.calls == []


@pytest.mark.parametrize(
    ("status", "state", "error"),
    [
        (204, State.SENT, ""),
        (301, State.DEAD, "redirected"),
        (307, State.DEAD, "redirected"),
        (400, State.DEAD, "refused"),
        (401, State.DEAD, "refused"),
        (404, State.DEAD, "refused"),
        (410, State.DEAD, "gone"),
        (408, State.QUEUED, "answer 408"),
        (429, State.QUEUED, "answer 429"),
        (500, State.QUEUED, "answer 500"),
        (503, State.QUEUED, "answer 503"),
    ],
)
def test_the_status_decides(hook, call, deliver, status, state, error):
    location = {"Location": "http://169.254.169.254/latest/meta-data/"} if status in (301, 307) else {}
    hook.answer = (status, location, b"")
    message = call()
    deliver()
    assert state_of(message) == (state, error)
    hook.answer = (200, {}, b"")
    deliver()
    assert len(hook.calls) == (2 if state == State.QUEUED else 1)
    assert set(hook.ids) == {str(message.pk)}


def test_a_redirect_into_our_own_network_is_not_followed(hook, call, deliver):
    inside = type(hook)()
    try:
        hook.answer = (307, {"Location": inside.url}, b"")
        message = call()
        deliver()
        assert inside.calls == [] and inside.unsigned == 0
        assert state_of(message) == (State.DEAD, "redirected")
    finally:
        inside.close()


def test_an_answer_that_never_comes_is_repeated_under_the_same_id(hook, call, deliver, monkeypatch):
    monkeypatch.setattr(webhook, "STEP", 0.3)
    hook.hold = threading.Event()
    message = call()
    for _attempt in range(3):
        deliver()
    assert state_of(message) == (State.QUEUED, "ReadTimeout")
    hook.hold.set()
    deliver()
    assert state_of(message)[0] == State.SENT
    # The same body each time: whoever keeps ids knows a copy.
    assert len(set(hook.ids)) == 1 and len({json.dumps(one) for one in hook.calls}) == 1


def test_an_answer_that_drips_is_cut_off(hook, call, deliver, monkeypatch):
    monkeypatch.setattr(webhook, "WHOLE", 0.3)
    hook.hold = threading.Event()
    message = call()
    deliver()
    assert state_of(message) == (State.QUEUED, "TimeoutError")
    hook.hold.set()


def test_nobody_there_means_not_sent(hook, call, deliver, endpoint):
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}/in"
    message = call(recipient=nobody)
    deliver()
    assert state_of(message) == (State.QUEUED, "ConnectError")
    assert not Message.objects.get(pk=message.pk).uncertain


@pytest.mark.parametrize(
    "answer",
    [b"x" * 100_000, b"[" * 10_000, b"\xff\xfe", b"null", b"[]", b'{"answer": {"deep": 1}}', b'"accept"', b"{", b""],
)
def test_an_answer_that_is_no_answer_is_none(hook, call, deliver, settings, answer):
    hook.answer = (200, {}, answer)
    message = call()
    deliver()
    assert state_of(message) == (State.SENT, "")


def test_words_of_the_answer_reach_whoever_listens(hook, call, deliver, settings):
    told.clear()
    settings.OUTBOX_LISTENERS = ["tests.outbox.test_webhook.listen"]
    hook.says(answer="accept", noise="x" * 500)
    call()
    deliver()
    assert told == [(outcome.SENT, {"answer": "accept"})]


told = []


def listen(message, said):
    told.append((said.state, said.answer))


def test_a_packed_answer_is_not_unpacked(hook, call, deliver, settings):
    told.clear()
    settings.OUTBOX_LISTENERS = ["tests.outbox.test_webhook.listen"]
    hook.answer = (200, {"Content-Encoding": "gzip"}, b'{"answer": "accept"}')
    call()
    deliver()
    assert told == [(outcome.SENT, {})]


def test_a_name_that_leads_inside_by_now_is_not_called(hook, call, deliver, settings, monkeypatch):
    settings.WEBHOOK_THIS_MACHINE = False
    for address in ("127.0.0.1", "10.0.0.5", "::ffff:127.0.0.1", "169.254.169.254"):
        with monkeypatch.context() as patch:
            patch.setattr(socket, "getaddrinfo", answers(address))
            message = call(address, recipient="https://rebound.example.org/in")
            deliver()
            assert state_of(message) == (State.DEAD, "forbidden")
    message = call("by number", recipient=hook.url)
    deliver()
    assert state_of(message) == (State.DEAD, "forbidden")
    assert hook.calls == [] and hook.unsigned == 0


def test_the_connection_goes_to_the_address_that_was_checked(hook, call, deliver, settings, monkeypatch):
    """A name server that answers otherwise the second time (rebinding) is not asked a second time."""
    asked = []

    def look_up(host, port, *arguments, **named):
        asked.append(host)
        return answers("127.0.0.1" if len(asked) == 1 else "10.0.0.5")(host, port)

    port = hook.server.server_port
    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", look_up)
        message = call(recipient=f"http://localhost:{port}/in")
        deliver()
    assert state_of(message) == (State.SENT, "")
    assert asked[0] == "localhost" and "localhost" not in asked[1:]


def test_a_name_that_nobody_looks_up_is_called_later_and_leaves_no_doubt(hook, call, deliver, settings, monkeypatch):
    settings.WEBHOOK_THIS_MACHINE = False
    release = threading.Event()
    with monkeypatch.context() as patch:
        patch.setattr(outward, "SECONDS", 0.2)
        patch.setattr(socket, "getaddrinfo", lambda *arguments, **named: release.wait(60) and [])
        message = call("waits", recipient="https://hooks.example.org/in")
        try:
            deliver()
        finally:
            release.set()
    message.refresh_from_db()
    assert (message.state, message.error, message.doubts) == (State.QUEUED, "NoAnswer", 0)


def test_a_slow_system_holds_up_nobody_else(hook, call, deliver, endpoint):
    other = type(hook)()
    try:
        hook.hold = threading.Event()
        slow, quick = call("slow"), call("quick", recipient=other.url)
        after = call("after")
        other.hold = None
        release = threading.Timer(5, hook.hold.set)
        release.start()
        arrived = threading.Event()
        other_heard = other.heard
        other.heard = lambda handler: (other_heard(handler), arrived.set(), hook.hold.set())
        deliver()
        deliver()
        assert arrived.is_set()
        assert {state_of(one)[0] for one in (slow, quick, after)} == {State.SENT}
    finally:
        release.cancel()
        other.close()


def test_a_change_follows_as_a_call_of_its_own(hook, call, deliver, endpoint):
    message = call()
    deliver()
    edit(message, content.event(endpoint.pk, "test.over", {}), key="over")
    deliver()
    assert hook.types() == ["test.said", "test.over"]
    assert len(set(hook.ids)) == 2


@pytest.mark.parametrize("said", [{}, {"endpoint": "x"}, {"text": "a chat's"}, {"endpoint": "not-a-uuid", "type": "x"}])
def test_content_that_is_no_call_is_rejected(call, deliver, said):
    message = call(content=said)
    deliver()
    assert state_of(message)[0] == State.DEAD
