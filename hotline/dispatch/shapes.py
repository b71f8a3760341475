"""What a coordinator is told about an offer, in the shape of the channel it goes by. In the active language."""

from django.conf import settings
from django.utils.translation import gettext as _

from coordinators.models import Endpoint
from hotline.outbox import content

Channel = Endpoint.Channel


def said(offer, endpoint, event, headline, lines=(), *, buttons=(), url=None, words="", hint="", facts=None):
    """Content for the outbox: a message with buttons, a letter with one link, or a signed call.

    event: its name for a webhook, as "offered"; headline, lines: plain words; buttons: for a chat; url, words, hint: the link
    of a letter, how it is called and what it does; facts: dict for a webhook.
    """
    lines, foot = list(lines), _("Reference %(reference)s") % {"reference": offer.reference}
    if endpoint.channel == Channel.TELEGRAM:
        return content.chat(headline, lines, foot, buttons)
    if endpoint.channel == Channel.EMAIL:
        # One subject for all letters about an offer, by which mail programs keep them together; on a locked screen it
        # tells nothing.
        subject = _("request %(reference)s") % {"reference": offer.reference}
        return content.letter(subject, headline, lines, foot, words=words, url=url or "", hint=hint)
    data = {"offer": offer.reference, "state": offer.state, "text": [headline, *lines], "page": url, **(facts or {})}
    return content.event(endpoint.pk, f"offer.{event}", data)


def answer_to(offer):
    """The address at which a webhook's system accepts or declines the offer by a signed call."""
    return f"{settings.BASE_URL}/webhook/offers/{offer.reference}/"
