"""Every kind of alarm by the words under which an on-call plan names it."""

from django.utils.translation import gettext_lazy as _

OF_TEAMS = {
    "thawed": _("the house goes on after it was frozen, and requests are with nobody"),
    "held": _("a call for help found in writing waits for a look"),
    "nobody_took": _("nobody took a help request"),
    "winner_cut_off": _("whoever accepted a help request can no longer be reached"),
    "running_out": _("the text of an open help request is about to be erased"),
    "danger": _("a conversation is in imminent danger"),
    "help_called": _("a volunteer calls for help with a conversation"),
    "volunteer_gone": _("the volunteer of a conversation is gone"),
    "shift_ends": _("the volunteer of a conversation has to go"),
}
OF_THE_HOUSE = {
    "frozen": _("the house was frozen"),
    "destruction_asked": _("somebody wants to destroy the keys"),
    "message_dead": _("messages cannot be delivered"),
    "update_given_up": _("what somebody sent by Telegram could not be handled"),
    "endpoint_off": _("a local coordinator can no longer be reached"),
    "unusual_acceptance": _("a local coordinator accepts unusually much"),
    "code_guessing": _("somebody guesses at spoken codes"),
    "registration_waits": _("a registration waits to be checked"),
    "registrations_full": _("no further registration fits into the list"),
    "second_look_due": _("a local coordinator is to be looked at a second time"),
    "endpoint_failing": _("a local coordinator's system does not take what is sent"),
    "channel_away": _("nothing leaves by Telegram, or by e-mail"),
    "audit_broken": _("the audit is not as it was written"),
    "restored": _("the house was restored from a backup"),
    "team_unsupervised": _("a team has nobody who sees to its alarms"),
}
KINDS = OF_TEAMS | OF_THE_HOUSE
