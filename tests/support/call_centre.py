"""A call centre on a published day: what it knows, who works in it, and its calls as the desk's form brings them."""

import csv
import random
from datetime import date
from functools import cached_property
from pathlib import Path

from django.contrib.auth.models import Group
from django.db import transaction

from coordinators.actions.place_register import load_file
from coordinators.loading import load_categories
from coordinators.models import Category, Coverage, Endpoint, Level, LocalCoordinator, Place
from coordinators.models.endpoint import address_hash
from hotline.questionnaires.models import Question
from hotline.staff.roles import VOLUNTEER
from tests.cast import make_person, make_team
from tests.support.chatters import session_of
from tests.support.desk import intake

DAY = Path(__file__).resolve().parents[1] / "bench" / "data" / "day.csv"
# Kinds and places of one coordinator.
KINDS, PLACES = 3, 3
# Of a hundred coordinators, so many cover a whole region.
REGIONAL = 5
# Nobody fills up in a replay that asks for twenty requests of each of them.
ROOM = 1000


class CallCentre:
    """Kinds of help and places as the house loads them, coordinators where the day's calls come from, operators."""

    def __init__(self, coordinators, operators, phones, seed=1):
        self.dice = random.Random(seed)
        load_categories()
        load_file(None)
        self.rows = list(csv.DictReader(DAY.open(encoding="utf-8")))
        team = make_team("phone", name="Phone")
        with transaction.atomic():
            people = [make_person(f"operator{one}", works_in=[team], email="") for one in range(operators)]
            volunteers = Group.objects.get(name=VOLUNTEER)
            for one in people:
                one.groups.add(volunteers)
            self.cookies = [{"sessionid": session_of(one)} for one in people]
            self.chats = phones.of(coordinators)
            self._register(self.chats)

    @cached_property
    def kinds(self):
        """{slug: Category}"""
        return {one.slug: one for one in Category.objects.select_related("questionnaire")}

    @cached_property
    def places(self):
        """{number at GeoNames: Place with its lineage} of the day."""
        numbers = {int(row["geonameid"]) for row in self.rows}
        found = {number: Place.objects.with_lineage().of_geoname(number).first() for number in numbers}
        assert all(found.values()), f"not in the register: {[number for number, one in found.items() if one is None]}"
        return found

    def _register(self, chats):
        """Trusted and checked coordinators with a phone each; where many calls come from there are many."""
        places = [self.places[int(row["geonameid"])] for row in self.rows]
        kinds = [self.kinds[row["category"]] for row in self.rows]
        some = [
            LocalCoordinator(
                name="Helping hands",
                state=LocalCoordinator.State.ACTIVE,
                level=Level.TRUSTED,
                base=self.dice.choice(places),
                languages=["uk", "ru", "en"],
                capacity=ROOM,
                contact_limit=ROOM,
            )
            for _chat in chats
        ]
        LocalCoordinator.objects.bulk_create(some)
        Endpoint.objects.bulk_create(
            Endpoint(local_coordinator=one, address=str(chat), address_hash=address_hash("telegram", str(chat)))
            for one, chat in zip(some, chats, strict=True)
        )
        coverage = {(one.pk, kind.pk, place.pk) for one in some for kind, place in self._coverage(kinds, places)}
        Coverage.objects.bulk_create(
            Coverage(local_coordinator_id=who, category_id=kind, place_id=place)
            for who, kind, place in sorted(coverage)
        )
        checked = LocalCoordinator.checked_for.through
        checked.objects.bulk_create(
            checked(localcoordinator_id=one.pk, category_id=self.kinds["any"].pk) for one in some
        )

    def _coverage(self, kinds, places):
        wide = self.dice.randrange(100) < REGIONAL
        for _number in range(KINDS * PLACES):
            place = self.dice.choice(places)
            yield self.dice.choice(kinds), place.parent if wide else place

    def forms(self, times=1):
        """The day's calls, in their order, as often as that; each from a caller of its own."""
        return [self._form(row, number) for number, row in enumerate(self.rows * times)]

    def _form(self, row, number):
        kind, place = self.kinds[row["category"]], self.places[int(row["geonameid"])]
        fields = intake(
            kind,
            place,
            place_text=row["place"],
            urgency=row["urgency"],
            people=row["people"],
            languages=row["language"],
            phone=f"+38067{number:07}",
            consent="on",
            name=f"Caller {number}",
        )
        answers = {f"n0-q-{question.key}": answer_to(question) for question in self._required(kind)}
        return {name: str(value) for name, value in (fields | answers).items()}

    def _required(self, kind):
        questionnaire = kind.effective("questionnaire")
        return [one for one in questionnaire.questions.all() if one.required] if questionnaire else []


def answer_to(question):
    """What somebody might say (str) to a required question."""
    return {
        Question.Kind.CHOICE: lambda: question.choices[0]["value"],
        Question.Kind.TEXT: lambda: "as said on the phone",
        Question.Kind.NUMBER: lambda: str(question.minimum or 1),
        Question.Kind.YESNO: lambda: "no",
        Question.Kind.DATE: lambda: date.today().isoformat(),
    }[question.kind]()
