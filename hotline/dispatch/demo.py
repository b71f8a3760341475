"""The demo's help requests: the three examples that the house was drawn after, one for practice, and one found in a post."""

import uuid

from django.utils import timezone

from coordinators.models import Category, Place
from hotline.dispatch.actions import offers
from hotline.dispatch.actions.requests import Written, submit
from hotline.dispatch.models import HelpRequest, Offer
from hotline.dispatch.voice import Voice
from hotline.lib.errors import Refused
from hotline.outbox.models import Message
from hotline.staff.models import Team, User

# GeoNames ids.
KHARKIV, KYIV = 706483, 703448
NAMESPACE = uuid.UUID("7d1f6f5c-9a0e-4b55-8f3e-2f3f9f6f0d11")
# What is needed, how urgently, answers, and who takes it by itself once it stands on the phones.
EXAMPLES = [
    ("accommodation", "today", {"nights": 3}, "Beds for tonight"),
    ("translation", "soon", {}, "Words across"),
    ("accommodation", "today", {"nights": 1}, None),
]


def load(demo):
    """Submit today's examples, once a day however often it is called."""
    place = Place.objects.with_lineage().get(geoname_id=KHARKIV)
    vera, team = User.objects.get(username="vera"), Team.objects.get(code="phone")
    for number, (slug, urgency, answers, _winner) in enumerate(EXAMPLES):
        category = Category.objects.get(slug=slug)
        written = Written(category, place, urgency, answers, people=2, languages=("uk", "ru"))
        submit(vera, team, [written], {"phone": "+380 44 000 00 00", "consent": True}, submission=_id(number))
    _load_found()
    practice = Written(Category.objects.get(slug="medicine"), place, "urgent", {}, people=1, languages=("uk",))
    submit(vera, team, [practice], {"phone": "+380 44 000 00 00"}, practice=True, submission=_id("practice"))


def _load_found():
    """What Viktor found in a channel: held until somebody rings the person back or another one of his team looks at it."""
    written = Written(
        Category.objects.get(slug="food"),
        Place.objects.with_lineage().get(geoname_id=KYIV),
        "today",
        {"days": 3},
        people=2,
        languages=("uk",),
        note="Продукти для двох, третій поверх, ліфт не працює.",
        spoken_to=False,
    )
    contact = {"phone": "+380 44 000 00 01", "consent": False}
    viktor, team = User.objects.get(username="viktor"), Team.objects.get(code="crawl")
    # The post's address differs from day to day, as the request does: it is no twin of yesterday's.
    link = f"https://example.org/posts/{timezone.localdate().isoformat()}"
    source = HelpRequest.Source.TELEGRAM
    submit(viktor, team, [written], contact, submission=_id("found"), source=source, link=link)


def _id(number):
    return uuid.uuid5(NAMESPACE, f"{number}-{timezone.localdate().isoformat()}")


def take_examples(now):
    """A sweep of the demo alone: two of the examples are taken once they stand on every phone. Returns how many."""
    taken = 0
    for number, (_slug, _urgency, _answers, winner) in enumerate(EXAMPLES):
        help_request = HelpRequest.objects.filter(bundle=_id(number), state=HelpRequest.State.OFFERING).first()
        if winner is None or help_request is None:
            continue
        asked = list(help_request.offers.filter(state=Offer.State.OFFERED).select_related("local_coordinator"))
        shown = Message.objects.filter(purpose="offer", subject__in=[offer.reference for offer in asked], state="sent")
        mine = next((offer for offer in asked if offer.local_coordinator.name == winner), None)
        if mine is None or shown.count() < len(asked):
            continue
        try:
            offers.accept(Voice(Offer.Way.TELEGRAM, endpoint=mine.local_coordinator.endpoints.first()), mine)
            taken += 1
        except Refused:
            continue
    return taken
