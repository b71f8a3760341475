"""What the registry does when the outbox reports how a message went, or when somebody loses rights."""

from coordinators.actions import endpoints
from coordinators.models import Endpoint


def outbox(message, outcome):
    """Switch off an endpoint that can no longer be reached, and follow a group that moved.

    Called inside the transaction that records the outcome.
    """
    if outcome.state == "migrated":
        for endpoint in Endpoint.objects.at(message.channel, message.address()):
            endpoints.move(endpoint, outcome.recipient)
    elif outcome.state == "dead" and outcome.reason in ("blocked", "gone"):
        for endpoint in Endpoint.objects.at(message.channel, message.address()).select_related("local_coordinator"):
            endpoints.switch_off(endpoint, outcome.reason)


def rights_withdrawn(sender, person, **kwargs):
    """Called inside the transaction that takes rights from `person` (User)."""
    endpoints.withdraw(person)
