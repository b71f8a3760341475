"""An offer and its page `/o/<token>/`."""

from hotline.dispatch.actions import links
from hotline.dispatch.models import Offer


class Page:
    """A person's own link in a browser of their own."""

    def __init__(self, client, offer, voice):
        self.client = client
        self.address = f"/o/{links.issue(offer, voice).split('/o/')[1]}"

    def get(self, **query):
        return self.client.get(self.address, query)

    def press(self, button, **fields):
        return self.client.post(f"{self.address}{button}/", fields)


def state(offer):
    return Offer.objects.get(pk=offer.pk).state
