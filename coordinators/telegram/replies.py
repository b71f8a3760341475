"""Who speaks to the bot, as the registry knows them."""

from coordinators.actions.endpoints import coordinators_at, linked_person
from coordinators.models import Endpoint


def endpoints_of(update):
    """Active endpoints (list) of the chat in which something was said."""
    return coordinators_at(Endpoint.Channel.TELEGRAM, update.effective_chat.id)


def person_of(update, endpoint):
    """The private Endpoint of whoever said something at `endpoint`, or None for a group member who is not linked."""
    if not endpoint.is_group:
        return endpoint
    return linked_person(endpoint.local_coordinator, update.effective_user.id)
