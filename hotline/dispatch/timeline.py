"""What happened to a help request: which offers went out and how they ended, never with whom."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hotline.dispatch import reasons
from hotline.dispatch.models import HelpRequest, Offer
from hotline.staff.timeline import ALARMS, Moment, in_order, lines_about

# Done at the desk or by the house: whoever did it is a colleague, and named by alias.
OURS = ALARMS | {
    "help_request.offered_again": (_("Offered again"), "accent"),
    "help_request.corrected": (_("Corrected at the desk"), ""),
    "help_request.rung_back": (_("Rung back at the desk"), "good"),
    "help_request.looked_at": (_("A second person at the desk has looked at it"), "good"),
    "help_request.still_needed": (_("Still needed, says the desk"), ""),
    "help_request.note": (_("A note was added"), ""),
    "help_request.kept": (_("Still needed, says the desk"), ""),
    "help_request.cancelled": (_("Cancelled"), ""),
    "help_request.pass_words_told": (_("New pass words were read to the caller"), ""),
    "help_request.nobody_left": (_("Nobody is left who could be asked"), "waiting"),
    "help_request.frozen": (_("Help request stopped by a freeze"), "urgent"),
    "help_request.erased": (_("Contact and text were erased"), ""),
    "offer.question_answered": (_("The desk answered the question"), ""),
    "offer.nudged": (_("Nothing was heard: asked whether it goes on"), "waiting"),
    "offer.undeliverable": (_("An offer could not be delivered"), "waiting"),
    "contact.opened_at_desk": (_("The contact was opened again at the desk"), ""),
}
# Done for a local coordinator, or at the desk of whatever team the caller rang: who that is nobody learns here, not even
# from the alias of an account.
THEIRS = {
    "help_request.asked_after": (_("A desk was asked what became of it"), ""),
    "help_request.not_needed": (_("No longer needed, says the caller"), ""),
    "offer.question": (_("Somebody who was asked has a question"), "waiting"),
    "offer.declined": (_("Declined"), ""),
    "offer.accepted": (_("Accepted"), "good"),
    "offer.link_renewed": (_("New link to the page sent"), ""),
    "offer.sign": (_("It goes on, says whoever accepted"), ""),
    "offer.finished": (_("Finished"), "good"),
    "offer.returned": (_("Came back"), "waiting"),
    "contact.opened": (_("The contact was opened by whoever accepted"), ""),
}
RETURNED = {
    "handed_back": _("handed back"),
    "silent": _("nothing was heard for too long"),
    "suspended": _("whoever had it was suspended"),
    "left": _("whoever had it is gone"),
}
TONES = {Offer.State.ACCEPTED: "good", Offer.State.FINISHED: "good", Offer.State.OFFERED: "accent"}


def of_request(help_request):
    """The timeline (see staff.timeline.in_order) of a HelpRequest, for whoever supervises its team."""
    lines = lines_about(help_request.code)
    waves = {(wave.round, wave.number): wave for wave in help_request.waves.prefetch_related("offers")}
    taken = next((line.actor_alias for line in lines if line.action == "help_request.taken"), "")
    moments = [Moment(help_request.created_at, gettext("Taken at the desk"), who=taken)]
    for line in lines:
        if line.action == "help_request.wave":
            wave = waves.pop((line.details.get("round"), line.details.get("wave")), None)
            moments += [_of_wave(wave, line.at)] if wave else []
        elif line.action in OURS:
            words, tone = OURS[line.action]
            moments.append(Moment(line.at, words, who=line.actor_alias, tone=tone, details=_about(line)))
        elif line.action in THEIRS:
            words, tone = THEIRS[line.action]
            moments.append(Moment(line.at, words, tone=tone, details=_about(line)))
    # Of a wave without a line in the audit only its row tells: nobody was left, or the line has gone with age.
    moments += [_of_wave(wave, wave.started_at) for wave in waves.values()]
    if help_request.next_wave_at:
        moments.append(
            Moment(help_request.next_wave_at, gettext("The next are asked, if nobody has accepted"), tone="accent")
        )
    if help_request.erase_at:
        moments.append(Moment(help_request.erase_at, gettext("Contact and text are erased")))
    return in_order(moments)


def _of_wave(wave, at):
    offers = sorted(wave.offers.all(), key=lambda offer: offer.reference)
    words = gettext("Round %(round)d, wave %(wave)d: %(number)d asked") % {
        "round": wave.round,
        "wave": wave.number,
        "number": len(offers),
    }
    details = [(f"{offer.reference}: {_ending(offer)}", TONES.get(offer.state, "")) for offer in offers]
    left_out = [f"{why} ({number})" for why, number in reasons.left_out(wave.left_out)]
    if left_out:
        details.append((gettext("Left out: %(why)s") % {"why": ", ".join(left_out)}, ""))
    return Moment(at, words, tone="accent", details=tuple(details))


def _ending(offer):
    """Its state in words; of one that was declined that, also after somebody else took the request."""
    if offer.answered_at is None or offer.accepted_via:
        return offer.get_state_display()
    why = offer.get_decline_reason_display()
    return f"{Offer.State.DECLINED.label} ({why})" if why else str(Offer.State.DECLINED.label)


def _about(line):
    """The codes and the coded reason of a line, as details of its moment."""
    why = line.details.get("why", "")
    known = dict(Offer.DeclineReason.choices) | RETURNED | dict(HelpRequest.Outcome.choices)
    told = [line.details.get("reference", ""), known.get(why, ""), known.get(line.details.get("outcome"), "")]
    words = ", ".join(str(one) for one in told if one)
    return ((words, ""),) if words else ()
