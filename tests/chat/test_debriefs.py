"""Talking about a hard conversation: offered, asked for, answered; nobody else learns of it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from chat import sweeps
from chat.actions import debriefs, erasure
from chat.models import Debrief
from hotline.outbox.models import Message
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.chat.test_care import flag_and_end
from tests.chat.test_queue import race

pytestmark = pytest.mark.django_db
DESK, LIST = "/desk/chat/", "/admin/chat/debrief/"
State, When = Debrief.State, Debrief.When


@pytest.fixture
def offered(cast, talk):
    """A Debrief that was just offered to Vera."""
    assert cast.cora
    flag_and_end(cast.vera, talk()[2])
    return Debrief.objects.get()


def answer(client, debrief, **sent):
    return client.post(f"{DESK}debriefs/{debrief.code}/", sent)


def test_asked_for_and_answered(cast, as_person, offered):
    vera, cora = as_person(cast.vera), as_person(cast.cora)
    assert "Would you like to talk about it?" in vera.get(DESK).content.decode()
    assert "Vera" not in cora.get(LIST).content.decode()
    assert answer(vera, offered, answer="yes").url == DESK
    page = cora.get(LIST).content.decode()
    assert "Vera" in page and "asked for" in page
    cora.post(f"{LIST}{offered.pk}/do/answer/", {"when": "today"})
    offered.refresh_from_db()
    assert (offered.state, offered.carer, offered.when) == (State.ANSWERED, cast.cora, When.TODAY)
    page = vera.get(DESK).content.decode()
    assert "Cora talks with you" in page and "Later today" in page
    answer(vera, offered, answer="no")
    assert not Debrief.objects.exists()


def test_whoever_says_no_is_asked_no_more_and_nobody_knew(cast, as_person, offered):
    answer(as_person(cast.vera), offered, answer="no")
    assert not Debrief.objects.exists() and not Message.objects.filter(purpose="account").exists()
    assert not AuditEntry.objects.filter(action__startswith="debrief").exists()


def test_from_the_goodbye_page(cast, as_person, offered):
    vera = as_person(cast.vera)
    assert "Would you like to talk about it?" in vera.get(f"{DESK}goodbye/").content.decode()
    assert answer(vera, offered, answer="yes", goodbye="yes").url == f"{DESK}goodbye/"


def test_those_who_guide_the_line_are_told_without_a_name(cast, offered):
    """Whoever has no address, or one that cannot be read, keeps nobody else from hearing of it."""
    silent = cast.person("silent", roles=["coordinator"], supervises=[cast.phone], email="")
    cast.person("damaged", roles=["coordinator"], supervises=[cast.phone])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE staff_user SET email = %s WHERE username = 'damaged'", [b"damaged"])
    debriefs.ask(cast.vera, offered)
    letters = Message.objects.filter(purpose="account")
    assert [letter.subject for letter in letters] == ["Cora"] and silent.email == ""
    text = str(letters.get().content())
    assert "/admin/chat/debrief/" in text and "Youth line" in text
    assert "Vera" not in text and offered.code not in text
    assert not Message.objects.filter(subject="Viktor").exists()


def test_the_audit_names_who_promised_and_not_who_asked(cast, offered):
    debriefs.ask(cast.vera, offered)
    debriefs.answer(cast.cora, offered, When.NOW)
    lines = AuditEntry.objects.filter(action__startswith="debrief").order_by("pk")
    assert [(one.action, one.actor) for one in lines] == [("debrief.asked", None), ("debrief.answered", cast.cora)]
    assert "Vera" not in str(list(lines.values()))


def test_who_sees_nothing_of_it(cast, as_person, offered):
    for person in (cast.alice, cast.viktor, cast.cora):
        with pytest.raises(NotFound):
            debriefs.find(person, offered.code)
        assert answer(as_person(person), offered, answer="yes").status_code == 404
        with pytest.raises(NotFound):
            debriefs.ask(person, offered)
        with pytest.raises(NotFound):
            debriefs.decline(person, offered)
    # what is only offered, for whoever guides the line; what is asked for, for everybody else
    assert as_person(cast.cora).get(f"{LIST}{offered.pk}/change/").status_code == 404
    debriefs.ask(cast.vera, offered)
    for person in (cast.ada, cast.viktor, cast.vera):
        assert as_person(person).get(f"{LIST}{offered.pk}/change/").status_code in (403, 404)
    for person, refusal in ((cast.vera, NotAllowed), (cast.viktor, NotFound), (cast.ada, NotFound)):
        with pytest.raises(refusal):
            debriefs.answer(person, offered, When.NOW)


def test_nobody_answers_themselves(cast, as_person, talk):
    flag_and_end(cast.alice, talk(volunteer=cast.alice)[2])
    mine = Debrief.objects.get()
    debriefs.ask(cast.alice, mine)
    with pytest.raises(NotAllowed):
        debriefs.answer(cast.alice, mine, When.NOW)
    assert as_person(cast.alice).get(f"{LIST}{mine.pk}/change/").status_code == 404


def test_out_of_turn_is_told_in_words(cast, offered):
    with pytest.raises(debriefs.NoLongerAsked):
        debriefs.answer(cast.cora, offered, When.NOW)
    debriefs.ask(cast.vera, offered)
    with pytest.raises(debriefs.NoLongerAsked):
        debriefs.ask(cast.vera, offered)
    with pytest.raises(ValueError):
        debriefs.answer(cast.cora, offered, "never")
    debriefs.decline(cast.vera, offered)
    with pytest.raises(debriefs.NoLongerAsked, match="settled itself"):
        debriefs.answer(cast.cora, offered, When.NOW)


def test_it_goes_at_its_time(offered, settings):
    now = timezone.now()
    assert sweeps.drop_old_debriefs(now + timedelta(days=settings.DEBRIEF_DAYS, seconds=-5)) == 0
    assert sweeps.drop_old_debriefs(now + timedelta(days=settings.DEBRIEF_DAYS, seconds=5)) == 1


def test_the_visitor_s_erasing_leaves_the_talk(offered):
    erasure.erase_for_visitor(offered.conversation)
    offered.refresh_from_db()
    assert offered.conversation is None


@pytest.mark.django_db(transaction=True)
def test_two_answer_at_once_and_one_does(cast, offered, quiet_connections):
    debriefs.ask(cast.vera, offered)
    second = cast.person("second", roles=["coordinator"], supervises=[cast.phone])
    outcomes = race(
        quiet_connections,
        *(lambda who=who: debriefs.answer(who, offered, When.NOW) for who in (cast.cora, second)),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoLongerAsked", "NoneType"]


@pytest.mark.django_db(transaction=True)
def test_an_answer_races_taking_it_back(cast, offered, quiet_connections):
    debriefs.ask(cast.vera, offered)
    vera, cora = cast.vera, cast.cora
    answered, taken_back = race(
        quiet_connections,
        lambda: debriefs.answer(cora, offered, When.NOW),
        lambda: debriefs.decline(vera, offered),
    )
    assert taken_back is None and (answered is None or isinstance(answered, debriefs.NoLongerAsked))
    assert not Debrief.objects.exists()


def test_as_many_queries_for_many(cast, as_person, offered, same_queries):
    vera = as_person(cast.vera)

    def add(number):
        answered = {"state": "answered", "when": "now", "carer": cast.cora, "at": timezone.now()}
        Debrief.objects.create(line=offered.line, by=cast.vera, **answered)

    same_queries(add, lambda: vera.get(f"{DESK}side/"))
