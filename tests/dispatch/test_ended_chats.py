"""What stands in a chat whose use ended is emptied, a bounded number at a time, until nothing is left."""

import pytest
from django.utils import timezone

from coordinators.actions import endpoints, ways
from coordinators.models import Coverage, Endpoint
from hotline.dispatch import sweeps
from hotline.dispatch.actions import ended_chats, offers
from hotline.outbox.models import Message
from tests.support.registry import offer_of, voice_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def few(monkeypatch):
    """Two messages in one transaction."""
    monkeypatch.setattr(ended_chats, "AT_ONCE", 2)


@pytest.fixture
def chat(registry, helper, vera_takes, few):
    """The endpoint of `helper`, in whose chat five offers stand."""
    for _number in range(5):
        offer_of(vera_takes(registry.food, registry.kharkiv), helper)
    own = helper.endpoints.get()
    Message.objects.filter(purpose="offer").update(state="sent", external_id="7")
    return own


def emptied():
    return Message.objects.filter(purpose="offer_closed").count()


def end(endpoint):
    endpoints.end_use([endpoint], "withdrawn")
    endpoint.refresh_from_db()


def test_the_transaction_that_ends_the_use_empties_the_newest_and_the_sweep_the_rest(chat):
    newest = Message.objects.filter(purpose="offer").order_by("-created_at")[:2]
    end(chat)
    assert {one.edits_id for one in Message.objects.filter(purpose="offer_closed")} == {one.pk for one in newest}
    assert chat.state == Endpoint.State.OFF and chat.emptying_since
    done = [sweeps.empty_ended(timezone.now()) for _round in range(4)]
    assert done == [2, 1, 0, 0] and emptied() == 5
    chat.refresh_from_db()
    assert chat.emptying_since is None


def test_several_chats_that_end_together_share_the_bound(registry, helper, chat):
    second = registry.endpoint(helper)
    endpoints.end_use([chat, second], "removed")
    assert emptied() == 2
    for _round in range(4):
        sweeps.empty_ended(timezone.now())
    assert emptied() == 5 and not ended_chats.still_to_empty().exists()


def test_a_chat_with_little_in_it_is_emptied_at_once_and_may_be_removed(cast, registry, helper, vera_takes):
    offer_of(vera_takes(registry.food, registry.kharkiv), helper)
    own = helper.endpoints.get()
    Message.objects.filter(purpose="offer").update(state="sent", external_id="7")
    end(own)
    assert emptied() == 1 and own.emptying_since is None
    ways.remove(cast.ada, own)


def test_what_cannot_be_emptied_is_not_tried_for_ever(chat):
    end(chat)
    for _round in range(5):
        Message.objects.filter(purpose="offer_closed").update(state="dead", error="blocked")
        sweeps.empty_ended(timezone.now())
    assert not ended_chats.still_to_empty().exists() and emptied() == 5


def test_a_chat_that_is_linked_again_keeps_what_still_stands(cast, helper, chat):
    end(chat)
    endpoints.link_chat(endpoints.issue_link(cast.ada, helper), chat.address, is_group=False, language="en")
    assert sweeps.empty_ended(timezone.now()) == 0 and emptied() == 2


def test_a_way_is_removed_once_it_is_empty(cast, chat):
    end(chat)
    with pytest.raises(ways.StillEmptied):
        ways.remove(cast.ada, chat)
    while sweeps.empty_ended(timezone.now()):
        pass
    sweeps.empty_ended(timezone.now())
    ways.remove(cast.ada, chat)
    assert not Endpoint.objects.filter(pk=chat.pk).exists()


@pytest.fixture
def asked(registry, helper, vera_takes):
    """An offer that `helper` declined as not their area, so that their chat asks about their coverage."""
    registry.coordinator((registry.food, registry.kharkiv), name="Another")
    own = offer_of(vera_takes(registry.food, registry.kharkiv), helper)
    Message.objects.filter(purpose="offer").update(state="sent", external_id="7")
    offers.decline(voice_of(helper), own, "not_my_area")
    return own


def somebody_else_takes(own):
    other = own.help_request.offers.exclude(pk=own.pk).get()
    offers.accept(voice_of(other.local_coordinator), other)


def read_last(own):
    """What the chat of the offer shows in the end, buttons too."""
    edits = Message.objects.filter(edits__subject=own.reference).exclude(state="cancelled")
    return str(edits.latest("created_at").content())


def test_what_is_over_later_asks_nothing_where_the_use_ended(helper, asked):
    end(helper.endpoints.get())
    somebody_else_takes(asked)
    shown = read_last(asked)
    assert "is being handled" in shown and "Food" not in shown and "Kharkiv" not in shown and "Stop" not in shown


@pytest.mark.parametrize("entry", ["there", "gone"])
def test_what_was_over_before_loses_its_question_too(helper, asked, entry):
    somebody_else_takes(asked)
    assert "Food" in read_last(asked)
    if entry == "gone":
        Coverage.objects.all().delete()
    end(helper.endpoints.get())
    shown = read_last(asked)
    assert "This is over" in shown and "Food" not in shown and "Stop" not in shown
    assert sweeps.empty_ended(timezone.now()) == 0
