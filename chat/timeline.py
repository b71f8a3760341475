"""What happened to a conversation: its course and what colleagues did to it, never what was said."""

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.actions.holds import day
from chat.models import Conversation
from hotline.staff.timeline import ALARMS, Moment, in_order, lines_about

DONE = ALARMS | {
    "conversation.taken": (_("Taken"), "accent"),
    "conversation.given_back": (_("The volunteer was gone; back to the front of the queue"), "waiting"),
    "conversation.read": (_("Read by whoever guides the line"), "accent"),
    "conversation.danger_declared": (_("Imminent danger"), "urgent"),
    "conversation.danger_over": (_("The danger is over"), "good"),
    "conversation.place_asked": (_("Asked for the place"), "urgent"),
    "conversation.place_told": (_("Told that the place was asked for"), "accent"),
    "conversation.guidance_begun": (_("Guidance begun"), ""),
    "conversation.guidance_joined": (_("Came into the guidance"), ""),
    "conversation.help_called": (_("The volunteer called for help"), "urgent"),
    "conversation.help_answered": (_("The call was answered"), "accent"),
    "conversation.help_taken_back": (_("The call was taken back"), ""),
    "conversation.stepped_in": (_("Stepped in"), "accent"),
    "conversation.stepped_out": (_("Stepped out"), ""),
    "conversation.taken_over": (_("Taken over from the volunteer"), "accent"),
    "conversation.watched": (_("Read along"), "accent"),
    "conversation.unwatched": (_("No longer read along"), ""),
    "conversation.transfer_offered": (_("Held out to somebody else"), "waiting"),
    "conversation.transfer_ended": (_("Not passed on after all"), ""),
    "conversation.transferred": (_("Passed on"), "accent"),
    "conversation.help_to_go": (_("The volunteer has to go; a coordinator is asked"), "urgent"),
    "conversation.complained": (_("The visitor complained"), "urgent"),
    "conversation.flagged": (_("Flagged for follow-up"), "urgent"),
    "conversation.held": (_("Held longer"), "waiting"),
    "conversation.released": (_("Released"), ""),
}
FOR_A_FLAG = (_("Read because of a flag"), "accent")


def of_conversation(conversation):
    """The timeline (see staff.timeline.in_order) of a Conversation, for whoever supervises its line."""
    moments = [Moment(conversation.created_at, gettext("The visitor came, and waits"), tone="waiting")]
    for line in lines_about(conversation.code):
        if line.action in DONE:
            words, tone = DONE[line.action]
            if line.action == "conversation.read" and "flag" in line.details:
                words, tone = FOR_A_FLAG
            moments.append(Moment(line.at, words, who=line.actor_alias, tone=tone))
    if conversation.ended_at:
        tone = "urgent" if conversation.end == Conversation.End.ABUSE else ""
        moments.append(Moment(conversation.ended_at, conversation.get_end_display(), tone=tone))
        moments.append(_erasure(conversation))
    return in_order(moments)


def _erasure(conversation):
    until = conversation.kept_until(timezone.now())
    held = gettext("held until %(day)s") % {"day": day(conversation.hold_until)} if conversation.is_held else ""
    return Moment(until, gettext("Everything of it is erased"), details=((held, "waiting"),) if held else ())
