"""What an organisation writes when it joins."""

import itertools
import uuid

from coordinators.actions import registrations
from coordinators.models import Registration

TOLD = {
    "name": "Kitchen on the corner",
    "person": "Cora",
    "email": "kitchen@example.org",
    "phone": "+380 44 123 45 67",
    "check": "kitchen.example.org; the parish office knows us.",
    "note": "We have a van.",
}
numbers = itertools.count(1)


def typed(registry, **changed):
    """The fields of the form of somebody who gives out food in Kharkiv."""
    return {
        **TOLD,
        "submission": str(uuid.uuid4()),
        "kinds": [str(registry.food.pk)],
        "place0": str(registry.kharkiv.pk),
        "place0_text": "Харків",
        "languages": ["uk", "en"],
        **changed,
    }


def register(registry, *, submission=None, vouch="", told=None, categories=None, places=None):
    """(Registration, code) of an organisation."""
    return registrations.register(
        submission or uuid.uuid4(),
        TOLD | {"name": f"Kitchen {next(numbers)}"} | (told or {}),
        language="en",
        languages=["uk"],
        categories=categories or [registry.food],
        places=places or [registry.kharkiv],
        vouch=vouch,
    )


def state(registration):
    return Registration.objects.get(pk=registration.pk).state
