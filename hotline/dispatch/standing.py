"""How a request stands, as its caller is told: in a sentence, and since when no finer than by the hour. Nothing else."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hotline.dispatch.models import HelpRequest, Offer

State, Outcome = HelpRequest.State, HelpRequest.Outcome


@dataclass(frozen=True)
class Standing:
    """title, words: what is said; tone: of its mark (see includes/tag.html); is_open: whether it can be taken back."""

    title: str
    words: str
    tone: str
    is_open: bool


def standing_of(help_request, now):
    """The Standing of a HelpRequest at `now` (aware datetime), in the active language. One query where it is accepted."""
    title, words, tone = _said(help_request, now)
    return Standing(title, words, tone, help_request.state in HelpRequest.OPEN)


def _said(help_request, now):
    if help_request.state == State.HELD:
        return (
            _("It is looked at first"),
            _(
                "It was found in writing. Somebody reads it, or rings back, before anybody is asked. Ringing us is quicker."
            ),
            "waiting",
        )
    if help_request.state == State.OFFERING:
        return (
            _("We are looking for somebody"),
            _("People near you are being asked. You need not do anything."),
            "accent",
        )
    if help_request.state == State.UNANSWERED:
        return (
            _("Nobody has been found yet"),
            _("The people at our number know it. Ring them if it becomes more urgent, or if something has changed."),
            "waiting",
        )
    if help_request.state == State.ACCEPTED:
        accepted = help_request.offers.filter(state=Offer.State.ACCEPTED).values_list("answered_at", flat=True).first()
        return _("Somebody has taken it on"), ago(now - (accepted or help_request.state_since)), "good"
    if help_request.state == State.DONE:
        return _ended(help_request.outcome)
    return _("It was taken back"), _("Nobody is looking any more. If you need help after all, ring our number."), ""


def _ended(outcome):
    """What whoever took it on has said at the end, as its caller may need to know it, and what they can do then."""
    if outcome == Outcome.PARTLY:
        return (
            _("Done in part"),
            _(
                "Whoever took it on has said that they could help with a part of it. If you need the rest, ring our number."
            ),
            "good",
        )
    if outcome == Outcome.NOT_REACHED:
        return (
            _("They did not reach you"),
            _(
                "Somebody took it on and could not get hold of you; nobody is looking any more. If you still need help, "
                "ring our number and say when and how you are reached: we look again."
            ),
            "waiting",
        )
    if outcome == Outcome.NOT_NEEDED:
        return (
            _("It is closed"),
            _("Whoever took it on has said that you need it no longer. If you do, ring our number: we look again."),
            "",
        )
    return _("It is done"), _("Whoever took it on has said so. If you still need help, ring our number."), "good"


def ago(span):
    """How long ago that was (timedelta), by the hour and later by the day, as a sentence."""
    hours = int(span.total_seconds() // 3600)
    if hours < 1:
        return _("That was less than an hour ago.")
    if hours < 24:
        return ngettext("That was %(number)d hour ago.", "That was %(number)d hours ago.", hours) % {"number": hours}
    days = hours // 24
    return ngettext("That was %(number)d day ago.", "That was %(number)d days ago.", days) % {"number": days}
