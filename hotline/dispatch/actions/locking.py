"""One order of locks everywhere: help request, offer, local coordinator, link, message. So nobody waits in a circle."""

from coordinators.models.place import UP
from hotline.dispatch.models import HelpRequest, Offer


def lock(offer):
    """The offer as it stands now, with its help request locked until the transaction ends.

    Whoever changes an offer, or decides by its state, begins with this. SQLite locks the whole database anyway.
    """
    HelpRequest.objects.select_for_update(no_key=True).get(pk=offer.help_request_id)
    return Offer.objects.select_related(
        "help_request__category", "help_request__team", f"help_request__place__{UP[-1]}", "local_coordinator"
    ).get(pk=offer.pk)
