"""Topics of the doorbell that a person of the staff may hear."""

from hotline.live import topics
from hotline.staff.permissions import Rights


def of_user(user):
    """The alarm topics (list of str) of the teams that `user` (User or Rights) supervises, and of the house."""
    rights = Rights.of(user)
    heard = [topics.alarms(pk) for pk in sorted(rights.scope_pks("staff.acknowledge_alarm"))]
    if rights.can("staff.acknowledge_house_alarm"):
        heard.append(topics.alarms(None))
    return heard
