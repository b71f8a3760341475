"""What a coordinator reads about several offers at once, as content for the outbox, in the endpoint's language."""

from html import escape

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from hotline.outbox import content


def digest(counts, endpoint):
    """Many offers in one message of a chat. counts: [(kind of help as text, how many)]."""
    with override(endpoint.language):
        number = sum(number for _kind, number in counts)
        headline = ngettext(
            "%(number)d more request waits for you", "%(number)d more requests wait for you", number
        ) % {"number": number}
        lines = [f"{number} × {kind}" for kind, number in counts]
        return content.chat(headline, [*lines, _("/open shows them, one by one.")])


def over(language):
    """What is left of a message about several offers."""
    with override(language):
        return {"text": escape(_("This is over. Nothing to do for you.")), "buttons": []}
