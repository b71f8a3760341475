"""Makes a small registry for tests: kinds of help, places, local coordinators with a linked phone."""

import itertools

from coordinators.models import Category, Coverage, Endpoint, Level, LocalCoordinator, Place
from hotline.dispatch.actions.requests import Written, submit
from hotline.dispatch.models import Offer
from hotline.dispatch.voice import Voice

CONTACT = {
    "name": "A caller",
    "phone": "+380 67 000 00 21",
    "safe_time": "after 18:00",
    "safe_words": "",
    "consent": True,
}


class Registry:
    """Places: anywhere → Ukraine → Kharkiv oblast → Kharkiv, Izium; Ukraine → Lviv oblast → Lviv.

    Kinds: any → shelter → accommodation (needs checked); any → food, translation (needs a language), medicine.
    """

    def __init__(self):
        self.numbers = itertools.count(1001)
        self.anywhere = Place.objects.create(kind="root", name="Anywhere")
        self.ukraine = self.place("Україна", self.anywhere, kind="country", country="UA", latitude=49.0, longitude=32.0)
        self.oblast = self.place("Харківська", self.ukraine, kind="region", latitude=49.6, longitude=36.5)
        self.kharkiv = self.place("Харків", self.oblast, population=1_400_000, latitude=49.98, longitude=36.25)
        self.izium = self.place("Ізюм", self.oblast, population=45_000, latitude=49.21, longitude=37.25)
        self.hamlet = self.place("Гракове", self.oblast, population=300, latitude=49.53, longitude=36.80)
        self.lviv_oblast = self.place("Львівська", self.ukraine, kind="region", latitude=49.8, longitude=24.0)
        self.lviv = self.place("Львів", self.lviv_oblast, population=700_000, latitude=49.84, longitude=24.03)
        self.any = Category.objects.create(
            slug="any",
            names={"en": "Any kind"},
            wave_minutes={"urgent": 2, "today": 10, "soon": 60},
            wave_size={"urgent": 5, "today": 3, "soon": 3},
            contact_hours=24,
            needs_checked=False,
            needs_language=False,
        )
        self.shelter = self.category("shelter", self.any, "Shelter")
        self.accommodation = self.category("accommodation", self.shelter, "Accommodation", needs_checked=True)
        self.food = self.category("food", self.any, "Food")
        self.medicine = self.category("medicine", self.any, "Medicine")
        self.translation = self.category("translation", self.any, "Translation", needs_language=True)

    def place(self, name, parent, *, kind="settlement", country="UA", **fields):
        """A saved Place below `parent`."""
        return Place.objects.create(name=name, parent=parent, kind=kind, country=country, **fields)

    def category(self, slug, parent, name, **fields):
        """A saved Category below `parent`."""
        return Category.objects.create(slug=slug, parent=parent, names={"en": name}, **fields)

    def coordinator(self, *coverage, chat=None, language="en", checked_for=(), is_group=False, **fields):
        """An active, trusted LocalCoordinator with one Telegram endpoint; coverage: (category, place) pairs."""
        fields = {"name": "Helping hands", "state": LocalCoordinator.State.ACTIVE, "languages": ["uk", "en"]} | fields
        fields.setdefault("level", Level.TRUSTED)
        local_coordinator = LocalCoordinator.objects.create(**fields)
        for category, place in coverage:
            Coverage.objects.create(local_coordinator=local_coordinator, category=category, place=place)
        local_coordinator.checked_for.set(checked_for)
        self.endpoint(local_coordinator, chat=chat, language=language, is_group=is_group)
        return local_coordinator

    def endpoint(self, local_coordinator, *, chat=None, **fields):
        """A linked Telegram chat of the coordinator."""
        address = str(chat or next(self.numbers))
        return Endpoint.objects.create(local_coordinator=local_coordinator, address=address, **fields)

    def take(
        self,
        actor,
        team,
        category,
        place,
        *,
        contact=None,
        practice=False,
        submission=None,
        source="",
        link="",
        **written,
    ):
        """A submitted HelpRequest; `written` as of Written, urgency "today" unless told otherwise."""
        written.setdefault("urgency", "today")
        needs = [Written(category, Place.objects.with_lineage().get(pk=place.pk), **written)]
        more = {"practice": practice, "submission": submission, "source": source, "link": link}
        taken = submit(actor, team, needs, contact or CONTACT, **more)
        taken[0].refresh_from_db()
        return taken[0]


def voice_of(local_coordinator):
    """The Voice of the person at the coordinator's first endpoint."""
    return Voice(Offer.Way.TELEGRAM, endpoint=local_coordinator.endpoints.first())


def offer_of(help_request, local_coordinator):
    """The newest Offer of the request to that coordinator."""
    return help_request.offers.filter(local_coordinator=local_coordinator).order_by("-round").first()
