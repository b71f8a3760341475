"""Rows for every list of the admin, which a list that is new has to add to."""

import uuid
from datetime import timedelta

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from chat.actions import duties, flags, queue
from chat.models import Conversation, Debrief, Duty, Line, StandardMessage
from coordinators.models import Announcement, Category, DirectoryEntry, Endpoint, LocalCoordinator, Place
from hotline.dispatch.models import Tally
from hotline.outbox.actions.messages import enqueue
from hotline.questionnaires.models import Question, Questionnaire
from hotline.staff.actions.alarms import raise_alarm
from hotline.staff.actions.audit import record
from hotline.staff.models import CallPlan
from tests.chat.conftest import visitor_comes
from tests.chat.groups import a_group
from tests.coordinators.joining import register
from tests.support.registry import Registry


def address(model, page="changelist", *arguments):
    """Of a page of the admin of that model."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def lists():
    """Every ModelAdmin of the site, by the label of its model."""
    return {model._meta.label: one for model, one in admin.site._registry.items()}


class Rows:
    """rows(label, number) adds one more row to the list of that model, in the team of Alice or for whom she represents."""

    def __init__(self, cast):
        self.cast = cast
        self.registry = Registry()
        self.helpers = self.registry.coordinator((self.registry.food, self.registry.kharkiv), capacity=100)
        self.alice = cast.alice
        self.everything = cast.person(
            "everything",
            roles=["volunteer", "coordinator", "administrator"],
            supervises=[cast.phone],
            represents=[self.helpers],
        )
        self.line = self.chat_line("rows")

    def __call__(self, label, number):
        return getattr(self, label.replace(".", "_").lower())(number)

    def dispatch_helprequest(self, number):
        return self.registry.take(self.alice, self.cast.phone, self.registry.food, self.registry.kharkiv)

    dispatch_offer = dispatch_helprequest

    def dispatch_tally(self, number):
        hour = timezone.now() - timedelta(hours=number)
        return Tally.objects.create(team=self.cast.phone, kind="hoax", hour=hour, count=1)

    def coordinators_localcoordinator(self, number):
        return LocalCoordinator.objects.create(name=f"Helpers {number}")

    def coordinators_registration(self, number):
        return register(self.registry)[0]

    def coordinators_endpoint(self, number):
        return Endpoint.objects.create(local_coordinator=self.helpers, address=f"77{number}")

    def coordinators_announcement(self, number):
        return Announcement.objects.create(sealed_texts='{"en": "A road is closed."}')

    def coordinators_category(self, number):
        return Category.objects.create(slug=f"kind-{number}", parent=self.registry.any, names={"en": f"Kind {number}"})

    def coordinators_place(self, number):
        return Place.objects.create(
            name=f"Place {number}", parent=self.registry.oblast, kind="settlement", country="UA"
        )

    def coordinators_directoryentry(self, number):
        return DirectoryEntry.objects.create(
            slug=f"entry-{number}", title={"en": "Police"}, place=self.registry.kharkiv, category=self.registry.food
        )

    def chat_line(self, number):
        titles = {"en": f"Line {number}"}
        more = {"mode": Line.Mode.OPEN, "maximum_waiting": 100}
        return Line.objects.create(slug=f"line-{number}", team=self.cast.phone, titles=titles, **more)

    def chat_standardmessage(self, number):
        return StandardMessage.objects.create(
            owner="line", line=self.line, short_code=f"code-{number}", texts={"en": "Hello"}, suggested_by=self.alice
        )

    def chat_conversation(self, number):
        return visitor_comes(self.line)[1]

    def chat_group(self, number):
        return a_group(self.alice, self.line)

    def chat_flag(self, number):
        started = visitor_comes(self.line)[1]
        conversation = Conversation.objects.get(code=started.conversation)
        duties.set_maximum(self.alice, self.line, self.line.most_conversations)
        Line.objects.update(most_conversations=100)
        self.line.refresh_from_db()
        Duty.objects.update(maximum=100)
        queue.take(self.alice, conversation, uuid.uuid4())
        return flags.flag(self.alice, conversation, f"To follow up {number}")

    def chat_duty(self, number):
        person = self.cast.person(f"volunteer{number}", roles=["volunteer"], works_in=[self.cast.phone])
        return Duty.objects.create(line=self.line, user=person, maximum=2, seen_at=timezone.now())

    def chat_debrief(self, number):
        person = self.cast.person(f"asker{number}", roles=["volunteer"], works_in=[self.cast.phone])
        return Debrief.objects.create(line=self.line, by=person, state="asked", at=timezone.now())

    def staff_alarm(self, number):
        return raise_alarm(self.cast.phone, "nobody_took", f"CODE{number}")

    def staff_auditentry(self, number):
        return record(self.alice, "test.done", f"CODE{number}")

    def staff_callplan(self, number):
        plan = CallPlan.objects.create(team=self.cast.phone, name=f"Nights {number}")
        plan.steps.create(position=0, person=self.alice)
        return plan

    def staff_team(self, number):
        return self.cast.team(f"team{number}")

    def staff_user(self, number):
        return self.cast.person(f"somebody{number}", roles=["volunteer"], works_in=[self.cast.phone])

    def outbox_message(self, number):
        content = {"text": "Hello", "buttons": []}
        return enqueue(channel="telegram", recipient=str(number), key=f"key {number}", purpose="test", content=content)

    def questionnaires_questionnaire(self, number):
        made = Questionnaire.objects.create(slug=f"asked-{number}", names={"en": f"Asked {number}"})
        Question.objects.create(questionnaire=made, key="nights", kind="number", label={"en": "How many?"})
        return made


@pytest.fixture
def rows(cast):
    """See Rows."""
    return Rows(cast)
