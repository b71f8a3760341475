"""Who speaks for a local coordinator: a linked person or a representative with an account."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from coordinators.models import Endpoint, LocalCoordinator
from hotline.dispatch.models import Offer
from hotline.lib.errors import Refused
from hotline.staff.actions.audit import record
from hotline.staff.actions.freeze import refuse_when_frozen
from hotline.staff.models import User
from hotline.staff.permissions import require


class NotLinked(Refused):
    code = "not_linked"
    message = _("You are not linked with this coordinator. Ask them for a link of your own.")


class Suspended(Refused):
    code = "suspended"
    message = _("This is switched off for you at the moment. Write to those who registered you.")


@dataclass(frozen=True)
class Voice:
    """Exactly one of `endpoint` (a person's own private chat or link) and `user` (an account) is set.

    offer: the one Offer that somebody speaks of who came by its link, else None.
    """

    way: Offer.Way
    endpoint: Endpoint | None = None
    user: User | None = None
    offer: Offer | None = None

    def check(self, local_coordinator):
        """Whether this voice may speak for `local_coordinator`, read from the database now.

        Raises Frozen, NotLinked (endpoint), NotAllowed (account) or Suspended.
        """
        refuse_when_frozen()
        if self.user is not None:
            require(self.user, "coordinators.represent", local_coordinator)
        else:
            own = Endpoint.objects.filter(pk=self.endpoint.pk, local_coordinator=local_coordinator)
            active = own.filter(state=Endpoint.State.ACTIVE).exists()
            if not active and not (self._holds_it() and own.broken().exists()):
                raise NotLinked
        if not LocalCoordinator.objects.filter(
            pk=local_coordinator.pk, state__in=[LocalCoordinator.State.ACTIVE, LocalCoordinator.State.PAUSED]
        ).exists():
            raise Suspended

    def _holds_it(self):
        """Whether the link's offer is theirs: what they accepted stays with them when nothing reaches them any more."""
        held = Offer.objects.filter(state=Offer.State.ACCEPTED, accepted_endpoint=self.endpoint.pk)
        return self.offer is not None and held.filter(pk=self.offer.pk).exists()

    def record(self, action, subject, **details):
        """Write what was done into the audit: an account by its alias, a linked person by the random id of their endpoint.

        Where that leads, as the number of a chat, is never written.
        """
        if self.endpoint is not None:
            details["person"] = self.endpoint.pk
        record(self.user, action, subject, **details)

    def is_who_accepted(self, offer):
        """Whether it was this very person who accepted: the contact opens for nobody else of the organisation."""
        if self.user is not None:
            return offer.accepted_user_id == self.user.pk
        return offer.accepted_endpoint_id == self.endpoint.pk
