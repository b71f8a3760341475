"""What a lower room must call above it, by dotted path."""

from django.core.exceptions import ImproperlyConfigured

from hotline.lib import environment as env
from hotline.settings.ways_out import SIMULATOR

SWEEP_SECONDS = env.number("SWEEP_SECONDS", default=5)
SWEEPS = [
    "hotline.lib.keyring.sweep",
    "hotline.lib.ledger.sweep",
    "hotline.dispatch.sweeps.send_waves",
    "hotline.dispatch.sweeps.nudge_silent",
    "hotline.dispatch.sweeps.ask_cut_off",
    "hotline.dispatch.sweeps.hand_back_silent",
    "hotline.dispatch.sweeps.carry_out_answers",
    "hotline.dispatch.sweeps.pass_on_undelivered",
    "hotline.dispatch.sweeps.take_misplaced",
    "hotline.dispatch.sweeps.empty_ended",
    "hotline.dispatch.sweeps.send_digests",
    "hotline.dispatch.sweeps.ask_what_is_needed",
    "hotline.dispatch.sweeps.call_for_looks",
    "hotline.dispatch.sweeps.forget_marks",
    "hotline.dispatch.sweeps.erase_due",
    "hotline.dispatch.sweeps.warn_before_erasure",
    "hotline.dispatch.sweeps.fold_tallies",
    "chat.sweeps.give_back_unattended",
    "chat.sweeps.end_abandoned",
    "chat.sweeps.lapse_transfers",
    "chat.sweeps.show_out_unattended",
    "chat.sweeps.erase_due",
    "chat.sweeps.erase_feedback",
    "chat.sweeps.forward_keys",
    "chat.sweeps.drop_tokens",
    "chat.sweeps.drop_old_figures",
    "chat.sweeps.turn_groups",
    "chat.sweeps.empty_groups",
    "chat.sweeps.drop_old_debriefs",
    "chat.sweeps.forget_team_talk",
    "chat.sweeps.let_go_of_team_rooms",
    "coordinators.sweeps.resume_paused",
    "coordinators.sweeps.drop_used_links",
    "coordinators.sweeps.erase_registrations",
    "coordinators.sweeps.remind_of_registrations",
    "coordinators.sweeps.send_announcements",
    "coordinators.sweeps.raise_levels",
    "coordinators.sweeps.remind_of_second_looks",
    "hotline.staff.sweeps.ring_alarms",
    "hotline.staff.sweeps.watch_channels",
    "hotline.staff.sweeps.link_audit",
    "hotline.staff.sweeps.verify_audit",
    "hotline.staff.sweeps.pass_on_calls",
    "hotline.staff.sweeps.carry_on_freezing",
    "hotline.staff.sweeps.finish_destruction",
    "hotline.staff.sweeps.forget_signed_calls",
    "hotline.staff.sweeps.drop_chat_codes",
    "hotline.staff.sweeps.erase_old_audit",
    "hotline.staff.sweeps.send_forgotten",
    "hotline.staff.sweeps.erase_old_alarms",
    "hotline.staff.sweeps.erase_left",
    "hotline.staff.sweeps.forget_sessions",
    "hotline.staff.sweeps.forget_codes",
    "hotline.outbox.sweeps.erase_old",
    "hotline.telegram.sweeps.erase_old",
]
if SIMULATOR:
    SWEEPS.append("hotline.dispatch.demo.take_examples")
# Erase what the ledger of erasures names; at every start, since a restored backup may have brought it back. () -> int
ERASED_AGAIN = [
    "chat.actions.erasure.erase_again",
    "chat.actions.group_erasure.erase_again",
    "chat.actions.moderation.erase_again",
    "hotline.dispatch.actions.erasure.erase_again",
    "coordinators.actions.registry.remove_again",
    "coordinators.actions.registrations.erase_again",
    "hotline.staff.actions.people.forget_again",
]
# After a backup came back, with the moment (aware datetime) at which it was made.
AFTER_RESTORE = [
    "hotline.lib.keyring.after_restore",
    "hotline.outbox.actions.messages.let_lapse",
    "hotline.staff.actions.restored.end_sessions",
    "hotline.staff.actions.restored.tell_administrators",
]
# The first that fits answers: what the staff says to the bot is known by its own codes and buttons.
TELEGRAM_HANDLERS = [
    "hotline.staff.telegram.register",
    "hotline.dispatch.telegram.register",
    "coordinators.telegram.register",
]
# In an emergency: each room's bounded step that stops what is under way, as `step(freeze, now) -> int`, and what it does when
# the house goes on; what may leave meanwhile (alarms, answers of the bot to administrators, emptied offers); and whoever
# may stop the house by a call from afar.
FREEZERS = [
    "hotline.dispatch.actions.freezing.freeze",
    "chat.actions.freezing.freeze",
    "coordinators.actions.freezing.freeze",
    "hotline.staff.actions.freeze.end_log_ins",
]
THAWERS = ["hotline.dispatch.actions.freezing.thaw", "chat.actions.freezing.thaw"]
OUTBOX_GATE = "hotline.staff.actions.freeze.may_leave"
LEAVES_WHEN_FROZEN = ["alarm", "reply", "offer_closed"]
FREEZE_SECRET = env.text("FREEZE_SECRET", default="", holds="a random text of 32 characters or more, or nothing")
if FREEZE_SECRET and len(FREEZE_SECRET) < 32:
    raise ImproperlyConfigured("FREEZE_SECRET must hold a random text of 32 characters or more, or nothing.")
TELEGRAM_LISTENERS = ["hotline.staff.listeners.telegram"]
# What becomes needless while it waits: purpose of messages → which of these may still leave, as `wanted(messages) -> ids`.
OUTBOX_STILL_WANTED = {"announcement": "coordinators.actions.tellings.still_wanted"}
OUTBOX_LISTENERS = [
    "coordinators.listeners.outbox",
    "hotline.dispatch.listeners.outbox",
    "hotline.staff.listeners.outbox",
]
# What signs the calls to a coordinator's own system: id of an endpoint → list of secrets.
WEBHOOK_SECRETS = "coordinators.actions.webhook_secrets.secrets_of"
# Makes of a person what the functions of SOCKET_TOPICS take.
SOCKET_RIGHTS = "hotline.staff.permissions.Rights"
SOCKET_TOPICS = [
    "hotline.dispatch.topics.of_user",
    "coordinators.topics.of_user",
    "chat.topics.of_user",
    "chat.topics.of_groups",
    "hotline.staff.topics.of_user",
]
SOCKET_ROOMS = "chat.consumers.sockets.house"
SOCKET_FRAMES = {
    "open": "chat.consumers.sockets.open_room",
    "close": "chat.consumers.sockets.close_room",
    "post": "chat.consumers.sockets.post",
    "read": "chat.consumers.sockets.read",
    "typing": "chat.consumers.sockets.typing",
    "attend": "chat.consumers.sockets.attend",
    "watch": "chat.consumers.sockets.watch",
    "take": "chat.consumers.sockets.take",
    "end": "chat.consumers.sockets.end",
}
HOME_CARDS = [
    "hotline.dispatch.home.cards",
    "coordinators.home.cards",
    "chat.home.cards",
    "hotline.staff.home.cards",
]
TODAYS_FIGURES = ["hotline.dispatch.home.todays_figures", "chat.home.todays_figures"]
# What each room has a team do, in words: (list of teams) -> {pk: [str]}
TEAM_WORK = ["hotline.dispatch.team_work.words", "chat.team_work.words"]
DEMO_LOADERS = [
    "coordinators.demo.load_registry",
    "hotline.staff.demo.load",
    "coordinators.demo.load_coordinators",
    "hotline.dispatch.demo.load",
    "chat.demo.load",
]
# What each room keeps of whom: the table of what is kept, in this order.
KEPT = [
    "hotline.dispatch.kept.ROWS",
    "coordinators.kept.ROWS",
    "hotline.questionnaires.kept.ROWS",
    "chat.kept.ROWS",
    "hotline.staff.kept.ROWS",
    "hotline.outbox.kept.ROWS",
    "hotline.telegram.kept.ROWS",
    "hotline.kept.ROWS",
]
# What somebody would find right now who takes a part of the house away. () -> list of Figure
KEPT_FIGURES = [
    "hotline.dispatch.kept.figures",
    "coordinators.kept.figures",
    "chat.kept.figures",
    "hotline.staff.kept.figures",
    "hotline.outbox.kept.figures",
    "hotline.telegram.kept.figures",
    "hotline.kept.figures",
]
# What hangs on one person's account, for themself.
OWN_DATA = [
    "hotline.staff.own.PARTS",
    "hotline.dispatch.own.PARTS",
    "chat.own.PARTS",
    "coordinators.own.PARTS",
]
