"""What the chat desk shows of the internal chat. It reads, but for somebody's first coming into a room."""

import uuid

from chat.actions import team_announcements, team_rooms
from hotline.live import topics


def context(user, rights, now):
    """Context of the column of the internal chat and of what was announced, for `user` (User, with their Rights)."""
    mine = team_rooms.of(user, rights, now)
    announced = team_announcements.shown(mine)
    return {
        "team_rooms": mine,
        "team_topic": topics.team_rooms(),
        "seen_topic": topics.sightings(),
        "may_announce": [one for one in mine if one.may_announce],
        "announced": [one for one in announced if not one.is_seen],
        "announcements": [one for one in announced if one.mine.may_announce],
        "announcement_id": uuid.uuid4(),
    }
