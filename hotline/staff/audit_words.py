"""What the audit's actions are called in the reader's language. Every action that is recorded anywhere stands here."""

from django.utils.translation import gettext_lazy as _

# What an action begins with → what these lines are about.
THINGS = {
    "account": _("Accounts"),
    "alarm": _("Alarms"),
    "audit": _("The audit itself"),
    "call_plan": _("Who is called at night"),
    "category": _("Kinds of help"),
    "chat": _("Own Telegram of staff"),
    "contact": _("Contacts of callers"),
    "conversation": _("Conversations"),
    "coverage": _("Coverage"),
    "data_protection": _("Data protection"),
    "directory": _("Directory"),
    "endpoint": _("Ways to local coordinators"),
    "help_request": _("Help requests"),
    "house": _("The whole house"),
    "line": _("Chat lines"),
    "local_coordinator": _("Local coordinators"),
    "message": _("Outgoing messages"),
    "offer": _("Offers"),
    "own_data": _("Data about oneself"),
    "place": _("Places"),
    "places": _("Lists of places"),
    "questionnaire": _("Questionnaires"),
    "team": _("Teams"),
}

ACTIONS = {
    "account.changed": _("Account changed"),
    "account.created": _("Account made"),
    "account.disabled": _("Account closed"),
    "account.enabled": _("Account opened again"),
    "account.factor_added": _("Second step of the log-in set up"),
    "account.factor_removed": _("Second step of the log-in removed"),
    "account.forgotten": _("Account forgotten"),
    "account.invitation_accepted": _("Invitation accepted"),
    "account.invitation_withdrawn": _("Invitation withdrawn"),
    "account.invited": _("Invitation sent"),
    "account.left": _("Account closed by its owner"),
    "account.made_administrator": _("Administrator made at the command line"),
    "account.password_changed": _("Own password changed"),
    "account.password_forgotten": _("New password asked for"),
    "account.password_offered": _("New password offered to somebody"),
    "account.recovery_code_used": _("Recovery code used"),
    "account.recovery_codes_made": _("Recovery codes made"),
    "account.rescue_code_made": _("Code made for somebody who lost their second step"),
    "account.rescue_code_used": _("Code for a lost second step used"),
    "account.rights_given": _("Rights given or taken"),
    "account.session_ended": _("Logged out on one device"),
    "account.sessions_ended": _("Logged out on all other devices"),
    "alarm.acknowledged": _("Alarm seen to"),
    "alarm.raised": _("Alarm raised"),
    "alarm.settled": _("Alarm settled by itself"),
    "audit.exported": _("Audit exported"),
    "call_plan.changed": _("Plan of calls changed"),
    "call_plan.created": _("Plan of calls made"),
    "call_plan.deleted": _("Plan of calls deleted"),
    "category.changed": _("Kind of help changed"),
    "category.created": _("Kind of help added"),
    "chat.code_issued": _("Code for an own Telegram issued"),
    "chat.linked": _("Own Telegram linked"),
    "chat.lost": _("Own Telegram cannot be written to any more"),
    "chat.tried": _("Trial of an alarm"),
    "chat.unlinked": _("Own Telegram unlinked"),
    "contact.opened": _("Contact opened by a local coordinator"),
    "contact.opened_at_desk": _("Contact opened at the desk"),
    "conversation.ended_as_abuse": _("Conversation ended as abuse"),
    "conversation.erased": _("Conversation erased"),
    "conversation.given_back": _("Conversation given back to the queue"),
    "conversation.held": _("Conversation held longer"),
    "conversation.practice": _("Practice conversation begun"),
    "conversation.released": _("Conversation no longer held"),
    "conversation.taken": _("Conversation taken"),
    "coverage.changed": _("Coverage changed"),
    "data_protection.downloaded": _("Data-protection report downloaded"),
    "data_protection.viewed": _("Data-protection page read"),
    "directory.changed": _("Directory entry changed"),
    "directory.created": _("Directory entry added"),
    "endpoint.changed": _("Way to a local coordinator changed"),
    "endpoint.link_issued": _("Link for a chat issued"),
    "endpoint.linked": _("Chat linked"),
    "endpoint.moved": _("Chat moved"),
    "endpoint.switched_off": _("Way to a local coordinator switched off"),
    "help_request.cancelled": _("Help request cancelled"),
    "help_request.corrected": _("Help request corrected"),
    "help_request.erased": _("Help request erased"),
    "help_request.kept": _("Help request still needed"),
    "help_request.nobody_left": _("Nobody left to ask"),
    "help_request.note": _("Note written"),
    "help_request.offered_again": _("Help request offered again"),
    "help_request.taken": _("Help request taken in"),
    "help_request.wave": _("Round of offers sent"),
    "house.restored": _("House restored from a backup"),
    "line.changed": _("Line changed"),
    "line.created": _("Line made"),
    "line.mode": _("Line opened, paused or closed"),
    "local_coordinator.activated": _("Local coordinator activated"),
    "local_coordinator.changed": _("Local coordinator changed"),
    "local_coordinator.paused": _("Local coordinator paused"),
    "local_coordinator.registered": _("Local coordinator registered"),
    "local_coordinator.removed": _("Local coordinator removed"),
    "local_coordinator.resumed": _("Local coordinator back from a pause"),
    "local_coordinator.suspended": _("Local coordinator suspended"),
    "message.resent": _("Message sent again"),
    "offer.accepted": _("Offer accepted"),
    "offer.declined": _("Offer declined"),
    "offer.finished": _("Request finished by the local coordinator"),
    "offer.nudged": _("Local coordinator reminded"),
    "offer.question": _("Question before accepting"),
    "offer.question_answered": _("Question answered"),
    "offer.sign": _("Sign of life from the local coordinator"),
    "offer.undeliverable": _("Offer could not be delivered"),
    "own_data.downloaded": _("Data about oneself downloaded"),
    "own_data.viewed": _("Data about oneself read"),
    "place.added": _("Place added"),
    "place.reachability": _("Place reachable or not"),
    "place.spelling_added": _("Spelling of a place added"),
    "places.loaded": _("List of places loaded"),
    "questionnaire.changed": _("Questionnaire changed"),
    "questionnaire.created": _("Questionnaire made"),
    "questionnaire.questions": _("Questions changed"),
    "team.changed": _("Team changed"),
    "team.created": _("Team made"),
}


def words(action):
    """What `action` (str) is called, in the active language; the action itself when it is of an older or newer version."""
    return str(ACTIONS.get(action, action))


def thing(action):
    """What `action` begins with, str."""
    return action.partition(".")[0]


def choices():
    """For a form: [(what the lines are about, [(value, words)])]; "thing." stands for all that begins so."""
    groups = []
    for name, about in THINGS.items():
        actions = [(action, said) for action, said in ACTIONS.items() if thing(action) == name]
        everything = [(f"{name}.", _("everything of this kind"))] if len(actions) > 1 else []
        groups.append((about, [*everything, *actions]))
    return groups
