"""What is due in the chat. The worker asks every few seconds; a killed one loses nothing."""

from chat.actions import (
    debriefs,
    erasure,
    feedback,
    group_erasure,
    group_staff,
    group_visitors,
    groups,
    live_view,
    presence,
    team_erasure,
    team_rooms,
    transfers,
)


def give_back_unattended(now):
    """Visitors whose volunteer is gone stand at the front of the queue again."""
    return presence.give_back_unattended(now)


def end_abandoned(now):
    """Conversations whose visitor did not come back are over."""
    return presence.end_abandoned(now)


def lapse_transfers(now):
    """Conversations that nobody took over in time stay with their volunteer."""
    return transfers.lapse(now)


def show_out_unattended(now):
    """Whoever guides and has closed the page stands in no room any more."""
    return live_view.show_out_unattended(now)


def erase_due(now):
    """Conversations whose time is up are gone."""
    return erasure.erase_due(now)


def erase_feedback(now):
    """Feedback whose time is up is gone."""
    return feedback.erase_due(now)


def forward_keys(now):
    """Keys of conversations that go on live on."""
    return erasure.forward_keys(now)


def drop_tokens(now):
    """Tokens of ended conversations open nothing."""
    return erasure.drop_tokens(now)


def forget_team_talk(now):
    """What is old in internal chats is gone, and what somebody wrote there whose account is gone."""
    return team_erasure.erase_old(now) + team_erasure.forget_those_gone(now)


def let_go_of_team_rooms(now):
    """Whoever may no longer be in an internal chat has left it."""
    return team_rooms.let_go(now)


def drop_old_figures(now):
    """Figures and free texts whose time is up are gone."""
    return erasure.drop_old_figures(now)


def turn_groups(now):
    """Groups open and close by their plan, and whoever did not come back is out of them."""
    gone = group_visitors.drop_absent(now) + group_staff.drop_absent(now)
    return groups.open_due(now) + groups.close_due(now) + gone


def empty_groups(now):
    """Groups whose time is up are emptied, keys of those that go on live on, and tokens of those that are over open nothing."""
    emptied = group_erasure.erase_due(now) + group_erasure.drop_old(now)
    return emptied + group_erasure.forward_keys(now) + group_visitors.drop_tokens(now)


def drop_old_debriefs(now):
    """Wishes to talk whose time is up are gone."""
    return debriefs.drop_old(now)
