"""Practice: the volunteer's own, in no queue, in no figure, and nobody is alarmed by it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.actions import conversations, duties, practice, presence
from chat.actions.practice import NoPractice
from chat.models import Conversation, ConversationFact, Duty, Line, Participant
from hotline.staff.models import Alarm
from hotline.staff.permissions import NotAllowed, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera(cast, as_person):
    return as_person(cast.vera)


def press(client, line):
    return client.post(reverse("chat:desk-practice", args=[line.slug]), headers={"HX-Request": "true"})


def test_the_volunteer_talks_with_whoever_enters_the_code(cast, line):
    started = practice.begin(cast.vera, line)
    conversation = Conversation.objects.get()
    assert (conversation.practice, conversation.state, conversation.volunteer) == (True, "active", cast.vera)
    again = conversations.resume(line, started.resume_code)
    assert again.conversation == started.conversation
    conversations.end_as_visitor(conversations.visitor(again.token))
    assert not ConversationFact.objects.exists()


def test_it_needs_neither_an_open_line_nor_a_free_place_in_the_queue(cast, line):
    Line.objects.update(mode="closed")
    practice.begin(cast.vera, line)
    assert Conversation.objects.filter(practice=True).count() == 1


def test_it_takes_one_of_the_volunteers_places(cast, line):
    practice.begin(cast.vera, line)
    with pytest.raises(duties.AtCapacity):
        practice.begin(cast.vera, line)
    assert Conversation.objects.count() == 1


def test_it_is_for_those_who_talk_there(cast, line):
    for stranger, refusal in ((cast.viktor, NotFound), (cast.ada, (NotAllowed, NotFound))):
        with pytest.raises(refusal):
            practice.begin(stranger, line)
    assert not Conversation.objects.exists() and not Duty.objects.exists()


def test_without_a_code_to_come_back_there_is_none(cast, vera, line):
    Line.objects.update(can_resume=False)
    line.refresh_from_db()
    with pytest.raises(NoPractice):
        practice.begin(cast.vera, line)
    assert reverse("chat:desk-practice", args=[line.slug]) not in vera.get("/desk/chat/").content.decode()
    assert press(vera, line).status_code == 409


def test_the_desk_shows_the_code_once_and_says_that_it_is_practice(vera, cast, line):
    page = press(vera, line).content.decode()
    conversation = Conversation.objects.get()
    assert "I have a code to come back" in page
    side = vera.get("/desk/chat/side/").content.decode()
    assert f'id="talk-{conversation.code}"' in side and "Practice" in side
    assert "Practice" in vera.get(f"/desk/chat/{conversation.code}/").content.decode()


def test_the_button_is_refused_to_strangers(as_person, cast, line):
    assert press(as_person(cast.viktor), line).status_code == 404
    assert press(as_person(cast.ada), line).status_code == 403
    assert press(as_person(None), line).status_code == 302
    assert not Conversation.objects.exists()


def test_nobody_else_is_bothered_when_its_volunteer_is_gone(cast, line):
    practice.begin(cast.vera, line)
    later = timezone.now() + timedelta(hours=1)
    assert presence.give_back_unattended(later) == 0
    assert Conversation.objects.get().state == "active" and not Alarm.objects.exists()
    assert presence.end_abandoned(later) == 1
    assert not ConversationFact.objects.exists()


def test_colleagues_see_nothing_of_it(as_person, cast, line):
    practice.begin(cast.vera, line)
    (card,) = as_person(cast.alice).get("/desk/chat/").context["cards"]
    assert (card.active, card.waiting_count, card.waiting) == (0, 0, [])
    assert not Participant.objects.filter(user=cast.alice, room__kind="conversation").exists()
