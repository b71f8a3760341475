"""What is kept about somebody is shown to them whole, and nothing of anybody else."""

import datetime
import json
import uuid
from html import unescape

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from chat.actions import (
    asides,
    danger,
    duties,
    feedback,
    flags,
    guidance,
    messages,
    queue,
    suggestions,
    team_rooms,
    transfers,
)
from chat.actions.messages import Post
from chat.models import Conversation, Debrief, Duty, Participant, StandardMessage
from coordinators.actions.endpoints import issue_link
from coordinators.models import Announcement, Endpoint
from hotline.dispatch.actions import notes, offers, questions
from hotline.dispatch.models import Offer, OfferQuestion
from hotline.dispatch.sweeps import send_waves
from hotline.dispatch.voice import Voice
from hotline.lib import own
from hotline.staff.actions import chats
from hotline.staff.actions import people as accounts
from hotline.staff.actions.alarms import acknowledge, raise_alarm
from hotline.staff.actions.call_plans import save_plan
from hotline.staff.models import Alarm, AuditEntry, CallPlan, Freeze, KeyDestruction, Kind, OneTimeCode, User
from hotline.staff.permissions import Rights
from tests.chat.conftest import line, other_line, visitor_comes, waiting
from tests.chat.groups import comes, opened, staff_in
from tests.dispatch.conftest import registry
from tests.support.leaks import Rows
from tests.support.registry import offer_of

__all__ = ["line", "other_line", "registry", "waiting"]

pytestmark = pytest.mark.django_db

PAGE, FILE, LEAVE = "/accounts/kept/", "/accounts/kept/file/", "/accounts/leave/"


def exported(client):
    return json.loads(client.get(FILE).content)


class Life:
    """Everything that somebody can do here, done once by one person with everything at once."""

    def __init__(self, cast, registry, name, team, line):
        self.team, self.line = team, line
        place = registry.place(f"Place {name}", registry.oblast)
        self.helper = registry.coordinator((registry.food, place), name=f"Helpers of {name}")
        roles = ["volunteer", "coordinator", "administrator"]
        self.person = cast.person(name, roles=roles, works_in=[team], supervises=[team], represents=[self.helper])
        self.request = registry.take(self.person, team, registry.food, place)
        team.crawls = True
        team.save()
        found = registry.take(self.person, team, registry.food, place, source="forum")
        type(found).objects.filter(pk=found.pk).update(looked_by=self.person, looked_at=found.created_at)
        notes.add_note(self.person, self.request, f"A note about {name}")
        send_waves(timezone.now())
        offer = offer_of(self.request, self.helper)
        voice = Voice(Offer.Way.ADMIN, user=self.person)
        questions.ask(voice, offer, OfferQuestion.Ready.OTHER, f"A question for {name}")
        self.question = OfferQuestion.objects.get(offer=offer)
        questions.answer(self.person, self.question, f"An answer of {name}")
        offers.accept(voice, offer)
        offer.refresh_from_db()
        self.offer = offer
        issue_link(self.person, self.helper)
        Announcement.objects.create(created_by=self.person, sealed_texts="{}")
        Endpoint.objects.create(local_coordinator=self.helper, address=f"77{name}", vouched_by=self.person)
        now = timezone.now()
        Freeze.objects.create(
            is_on=False, way="page", reason=f"A freeze of {name}", started_by=self.person, thawed_at=now
        )
        KeyDestruction.objects.create(with_site_key=False, asked_by=self.person)
        visitor, started = visitor_comes(line)
        self.conversation = Conversation.objects.get(code=started.conversation)
        duties.set_maximum(self.person, line, line.most_conversations)
        queue.take(self.person, self.conversation, uuid.uuid4())
        message = StandardMessage.objects.create(
            owner="person", person=self.person, short_code=f"hello-of-{name}", texts={"en": f"Said by {name}"}
        )
        suggestions.suggest(self.person, message, line)
        line.passes_on_to.add(line)
        colleague = cast.person(f"colleague-of-{name}", roles=["volunteer"], works_in=[team])
        Duty.objects.create(line=line, user=colleague, maximum=1, seen_at=now)
        guidance.call(self.person, self.conversation)
        danger.declare(self.person, self.conversation)
        danger.ask_place(self.person, self.conversation)
        flags.flag(self.person, self.conversation, "To follow up")
        self._feedback(cast, colleague)
        (mine, *_others) = team_rooms.of(self.person, Rights.of(self.person), now)
        messages.post(Post(mine.me.pk, uuid.uuid4(), f"Said to colleagues by {name}"))
        transfers.offer(self.person, self.conversation, to_line=line)
        group = opened(self.person, line, moderators=[self.person])
        staff_in(group, self.person)
        asides.ask(self.person, comes(group, "Robin"))
        Debrief.objects.create(line=line, conversation=self.conversation, by=self.person, carer=self.person, at=now)
        factor = {"name": f"Key of {name}", "credential": f"SECRET-{name}"}
        Authenticator.objects.create(user=self.person, type=Authenticator.Type.WEBAUTHN, data=factor)
        OneTimeCode.objects.create(user=self.person, kind=Kind.RECOVERY, code_hash=name.encode())
        chats.link(chats.issue_code(self.person), f"55{name}")
        chats.issue_code(self.person)
        save_plan(self.person, CallPlan(team=team, name=f"Nights of {name}"), [self.person])
        raise_alarm(team, "test", f"ALARM-{name}")
        acknowledge(self.person, Alarm.objects.get(subject=f"ALARM-{name}"))
        accounts.save_account(self.person, self.person)

    def _feedback(self, cast, colleague):
        """One to them, with an answer of theirs, and one from them."""
        words, seat = {"good": f"Praise for {self.person.username}"}, {"room": self.conversation.room}
        guide = cast.person(f"guide-of-{self.person.username}", roles=["coordinator"], supervises=[self.team])
        seats = {one.user_id: one.code for one in Participant.objects.filter(**seat, role="volunteer")}
        got = feedback.write(guide, self.conversation, seats[self.person.pk], words, form_id=uuid.uuid4())
        feedback.answer(self.person, got, f"Thanks from {self.person.username}", 1)
        other = Participant.objects.create(**seat, user=colleague, role="volunteer", seen_at=timezone.now())
        said = {"better": f"Words about a colleague of {self.person.username}"}
        feedback.write(self.person, self.conversation, other.code, said, form_id=uuid.uuid4())

    @property
    def marks(self):
        """Words that are about this person or what they did alone."""
        codes = {self.request.code, self.offer.reference, self.helper.code, self.conversation.code, self.line.slug}
        texts = {self.person.username, self.person.alias, self.person.email, self.team.name, self.helper.name}
        name = self.person.username
        return (
            codes
            | texts
            | {f"hello-of-{name}", f"Said by {name}", f"Praise for {name}", f"Thanks from {name}"}
            | {f"Said to colleagues by {name}"}
            | {self.conversation.room.code, f"ALARM-{name}", f"55{name}", f"Nights of {name}", f"Key of {name}"}
        )


@pytest.fixture
def lives(cast, registry, line, other_line):
    """Two people who did the same, each in a world of their own."""
    return (
        Life(cast, registry, "nastia", cast.phone, line),
        Life(cast, registry, "mykola", cast.crawl, other_line),
    )


def test_every_relation_to_an_account_stands_in_exactly_one_part():
    """A new one needs a part in the `own.py` of its room; see docs/development.md."""
    related = [
        f"{model._meta.label}: {field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and not field.many_to_many and field.related_model is User
        if model._meta.app_label not in {"admin", "account"}  # never filled; see hotline/staff/kept.py
    ]
    assert sorted(field for part in own.parts() for field in part.fields) == sorted(related)


@pytest.mark.parametrize("address", [PAGE, FILE])
def test_one_s_own_is_there_and_nothing_of_a_neighbour(lives, as_person, address):
    for mine, neighbour in (lives, lives[::-1]):
        text = unescape(as_person(mine.person).get(address).content.decode())

        assert {mark for mark in mine.marks if mark not in text} == set()
        assert {mark for mark in neighbour.marks if mark in text} == set()
        assert not any(
            written in text
            for written in ("A note about", "A question for", "An answer of", "SECRET-", "A freeze of", "Words about a")
        )


def test_every_part_has_something_of_a_full_life(lives, as_person):
    about = exported(as_person(lives[0].person))

    assert [part.name for part in own.parts() if not about[part.name]] == []
    assert about["account"] == [
        {
            "alias": "Nastia",
            "user_name": "nastia",
            "e_mail": "nastia@example.org",
            "language": "English",
            "spoken_languages": [],
            "last_log_in": timezone.now().date().isoformat(),
        }
    ]


def test_what_an_administrator_did_to_others_does_not_name_them(cast, as_person):
    accounts.disable(cast.ada, cast.viktor)
    accounts.save_account(cast.ada, User(username="new", alias="Newcomer"))
    about = exported(as_person(cast.ada))

    assert [entry["what"] for entry in about["audit"]] == ["account.created", "account.disabled"]
    assert not any(alias in json.dumps(about) for alias in ("Viktor", "Newcomer"))


def test_whoever_only_represents_a_local_coordinator_has_the_same(cast, registry, as_person):
    helper = registry.coordinator(name="Lantern")
    person = cast.person("olena", represents=[helper])
    about = exported(as_person(person))

    assert as_person(person).get(PAGE).status_code == as_person(person).get(LEAVE).status_code == 200
    assert [right["where"] for right in about["rights"]] == [f"{helper.code} · Lantern"]


@pytest.mark.parametrize("address", [PAGE, FILE, LEAVE])
def test_nobody_is_asked_to_log_in_first(as_person, address):
    assert as_person(None).get(address).url.startswith("/accounts/login/")


def test_a_look_is_audited_and_posting_is_not_understood(cast, as_person):
    client = as_person(cast.vera)
    assert client.post(PAGE).status_code == client.post(FILE).status_code == 405
    client.get(PAGE)
    response = client.get(FILE)
    assert response.headers["Content-Disposition"].startswith('attachment; filename="about-me-')
    assert "no-store" in response.headers["Cache-Control"]
    assert [(entry.actor, entry.action) for entry in AuditEntry.objects.all()] == [
        (cast.vera, "own_data.downloaded"),
        (cast.vera, "own_data.viewed"),
    ]


def test_the_page_shows_the_newest_and_the_file_has_all(cast, as_person):
    client = as_person(cast.vera)
    for _number in range(25):
        client.get(PAGE)
    text = client.get(PAGE).content.decode()

    assert text.count("Data about oneself read") == 20 and "The 20 newest; the file has all." in text
    assert len(exported(client)["audit"]) == 26


@pytest.mark.parametrize("address", [PAGE, FILE])
def test_it_asks_as_often_with_much_as_with_little(same_queries, cast, registry, as_person, address):
    client = as_person(cast.vera)

    def another(number):
        registry.take(cast.vera, cast.phone, registry.food, registry.izium)

    same_queries(another, lambda: client.get(address))


def test_a_proof_that_is_too_old_is_asked_for_again_before_leaving(cast, as_person):
    with time_machine.travel(datetime.datetime(2027, 3, 4, 12, tzinfo=datetime.UTC), tick=False) as clock:
        client = as_person(cast.vera)
        assert client.get(LEAVE).status_code == 200
        clock.shift(datetime.timedelta(minutes=6))
        for asked in (client.get(LEAVE), client.post(LEAVE, {"forgotten": "now"})):
            assert asked.url.startswith(reverse("account_reauthenticate"))
    assert User.objects.get(username="vera").is_active


@pytest.mark.django_db(transaction=True)
def test_whoever_leaves_and_is_forgotten_at_once_is_nowhere_but_in_the_audit_under_the_alias(lives, as_person, marked):
    person = lives[0].person
    User.objects.filter(pk=person.pk).update(username=(name := marked()).text, alias=(alias := marked()).text)
    chat = marked("55nastia")
    name.assert_present(Rows())

    as_person(User.objects.get(pk=person.pk)).post(LEAVE, {"forgotten": "now"})

    for mark in (name, chat):
        mark.assert_absent(Rows())
    # that something was sent to somebody, under a number that leads nowhere any more; the page says so before
    assert set(marked(str(person.pk)).found_in(Rows())) == {"outbox_message"}
    assert set(alias.found_in(Rows())) == {"staff_auditentry"}
