"""What the dispatch keeps of people and their requests, for the table of what is kept."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotline.dispatch.models import HelpRequest, Offer, OfferLink
from hotline.lib.kept import HASHED, NOBODY, Figure, Place, Row, counted
from hotline.lib.keyring import keyring

AS_THE_CONTACT = _("as the contact")
WITH_THE_CONTACT = _("with the contact")

ROWS = [
    Row(
        datum=_(
            "caller's contact: number, other ways, name, address, safe time, words for ringing back, consent",
        ),
        fields=("dispatch.HelpRequest: sealed_contact",),
        kept=_("sealed under the request's own key; never in an offer, a log, an admin page or Telegram"),
        seen=_(
            "the operator until it is sent; the one who accepted, by their own link, within the time of the kind of help, "
            "each opening audited; the team's desk again, with a reason, audited, when it waits for a look, nobody took it, "
            "it came back or was cancelled"
        ),
        gone=_(
            "%(CONTACT_HOURS_AFTER_OUTCOME)s after the outcome; %(CONTACT_DAYS)s after intake, and not silently: a request "
            "that is still open asks the desk first, and “still needed” prolongs it within the maximum"
        ),
    ),
    Row(
        datum=_(
            "free text, answers, people, languages, notes, questions before accepting and their answers, spoken code, "
            "pass words"
        ),
        fields=(
            "dispatch.HelpRequest: sealed_details",
            "dispatch.RequestNote: sealed_text",
            "dispatch.OfferQuestion: sealed_text sealed_answer",
        ),
        kept=_("sealed under the same key; only answers to questions marked public leave before acceptance"),
        seen=_(
            "as the contact; an answer also by the coordinator who asked; the spoken code on the team's cards; pass words by "
            "the operator who takes the call, by whoever opens the contact, and a new pair by the desk until it is read out"
        ),
        gone=AS_THE_CONTACT,
    ),
    Row(
        datum=_("the request's own key"),
        fields=("dispatch.HelpRequest: wrapped_key key_due erase_at erasure_asked_at",),
        kept=_("wrapped by the key of the day it is due"),
        seen=NOBODY,
        gone=WITH_THE_CONTACT,
    ),
    Row(
        datum=_("kind, place, urgency, states, times, reasons of matching"),
        fields=(
            "dispatch.HelpRequest: all",
            "dispatch.Wave: all",
            "dispatch.Offer: all",
            "dispatch.RequestNote: all",
            "dispatch.OfferQuestion: all",
        ),
        kept=_("plain, under random codes; a reference that differs for each recipient"),
        seen=_("the team; coordinators who were offered it: kind, coarse place, urgency"),
        gone=_("%(REQUEST_DAYS)s after the outcome"),
    ),
    Row(
        datum=_("what a spoken code and a link to an offer are found by"),
        fields=("dispatch.HelpRequest: spoken_code_hash", "dispatch.OfferLink: all"),
        kept=HASHED,
        seen=NOBODY,
        gone=_("with what they open; a link works for 14 days, and is known for 14 more"),
    ),
    Row(
        datum=_("what a coordinator's own system said to an offer"),
        fields=("dispatch.WebhookAnswer: all",),
        kept=_("accept or decline, with the random id of its call"),
        seen=NOBODY,
        gone=_("after a day"),
    ),
    Row(
        datum=_("by what a request that comes twice is known: number with kind and district, link of a post"),
        fields=("dispatch.DuplicateMark: all",),
        kept=_("keyed hash, for one team, under a key of the day that hashes nothing else"),
        seen=NOBODY,
        gone=_("%(DUPLICATE_DAYS)s after intake with their key; before, when the contact goes"),
    ),
    Row(
        datum=_("figures: calls that were no request, and what happened to requests"),
        fields=("dispatch.Tally: all",),
        kept=_("counts by hour, team, kind of help and region, without a way back to a request"),
        seen=_("those who supervise the team; kinds and regions where somebody is missing also administrators"),
        gone=_("after %(FIGURE_DAYS)s"),
    ),
    Row(
        datum=_("drafts of the desk"),
        fields=(),
        kept=_("in the operator's own browser, sealed under a key that the server's session holds"),
        seen=_("that operator"),
        gone=_("on sending or logging out; two hours after the log-in has run out"),
    ),
]


def figures():
    """What would be found of requests and offers right now, list of Figure. Five queries."""
    sealed = HelpRequest.objects.filter(wrapped_key__isnull=False)
    opens = sealed.filter(key_due__in=keyring().days())
    # A message is emptied when its offer is closed; whoever declined may still change their mind.
    readable = Offer.objects.filter(state__in=[Offer.State.OFFERED, Offer.State.DECLINED, Offer.State.ACCEPTED])
    ways_in = OfferLink.objects.live(timezone.now()).filter(offer__state=Offer.State.ACCEPTED)
    requests = counted(HelpRequest.objects.all())
    return [
        Figure(Place.DISK, _("contacts and texts of requests that open with the keys beside them"), counted(opens)),
        Figure(Place.DUMP, _("requests with kind, place and times in plain words"), requests),
        Figure(Place.DUMP, _("contacts and texts of requests that stay closed without the keys"), counted(sealed)),
        Figure(Place.PHONE, _("offers readable in Telegram or e-mail, on all phones together"), counted(readable)),
        Figure(Place.PHONE, _("links to an accepted request that still lead somewhere"), counted(ways_in)),
    ]
