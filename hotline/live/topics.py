"""Every topic of the doorbell by name. A topic says where to look, never what is there."""


def team_requests(team_id) -> str:
    """The help requests of a team changed."""
    return f"team.{team_id}.requests"


def offers(local_coordinator_id) -> str:
    """The offers and accepted requests of a local coordinator changed."""
    return f"coordinator.{local_coordinator_id}.offers"


def alarms(team_id=None) -> str:
    """An alarm of a team was raised or acknowledged; without a team those of the administrators."""
    return f"team.{team_id}.alarms" if team_id is not None else "administrators.alarms"


def places() -> str:
    """A place became reachable or unreachable."""
    return "places"


def registrations() -> str:
    """An organisation registered itself, or a registration was decided or withdrawn."""
    return "administrators.registrations"


def room(code) -> str:
    """Something happened in a room of the chat."""
    return f"room.{code}"


def team_rooms() -> str:
    """An internal chat of the chat's staff: which there are, what was announced, what is gone."""
    return "team-rooms"


def sightings() -> str:
    """Somebody has seen an announcement in an internal chat: for those who announce."""
    return "team-rooms.seen"


def queue(line_id) -> str:
    """The queue of a line, or its door, changed."""
    return f"line.{line_id}.queue"


def groups(line_id) -> str:
    """A group of a line changed: its state, who is in it or at its door, what waits for approval."""
    return f"line.{line_id}.groups"
