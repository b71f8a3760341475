"""What an operator's browser posts to the desk."""

import uuid

from django.urls import reverse

PHONE = "+380 67 123 4567"


def intake(category=None, place=None, **changes):
    """Fields of the intake form as they are posted, one need of today with a phone number; `changes` win, None leaves out.

    category, place: rows of the registry, or None. Names of a need's fields go without their prefix: people="3".
    """
    own = {"category": category and category.pk, "place": place and place.pk, "urgency": "today"}
    fields = {
        "submission": str(uuid.uuid4()),
        "need": "0",
        **{f"n0-{name}": value for name, value in own.items()},
        "n0-category_text": category.label() if category else "",
        "n0-place_text": place.label() if place else "",
        "phone": PHONE,
        "spoken_to": "on",
    }
    for name, value in changes.items():
        prefixed = name in {"category_text", "place_text", "urgency", "needed_by", "people", "note"}
        fields[f"n0-{name}" if prefixed else name] = value
    return {name: value for name, value in fields.items() if value is not None}


def send(client, *args, **changes):
    """The answer to sending the form; see `intake`."""
    return client.post(reverse("dispatch:send"), intake(*args, **changes))


def press(client, name, help_request, *more, **fields):
    """The answer to a card's button: `name` of its address; `seen` is what the card shows unless given."""
    fields.setdefault("seen", help_request.state_since.isoformat())
    return client.post(reverse(f"dispatch:{name}", args=[help_request.code, *more]), fields)
