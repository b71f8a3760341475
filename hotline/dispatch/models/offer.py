"""One help request shown to one local coordinator."""

import uuid
from base64 import urlsafe_b64encode

from django.db import models
from django.db.models import Q
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from hotline.lib.codes import public_code
from hotline.lib.crypto import keyed_hash
from hotline.lib.keyring import keyring


class OfferQuerySet(models.QuerySet):
    def by_button(self, data, address):
        """The offer a Telegram button belongs to, or None.

        data: the button's opaque token; address: the chat it was pressed in. The token is bound to both, so a button that
        was copied to another chat, or made up, finds nothing.
        """
        reference, _dot, seal = data.partition(".")
        if not (reference.isascii() and reference.isalnum()):
            return None
        offer = self.filter(reference=reference).select_related("help_request__category", "local_coordinator").first()
        if offer is not None and constant_time_compare(offer.button_token(address), f"{reference}.{seal}"):
            return offer
        return None


class Offer(models.Model):
    class State(models.TextChoices):
        OFFERED = "offered", _("offered")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        TAKEN = "taken", _("taken by somebody else")
        WITHDRAWN = "withdrawn", _("withdrawn")
        RETURNED = "returned", _("handed back")
        FINISHED = "finished", _("finished")

    class DeclineReason(models.TextChoices):
        NO_CAPACITY = "no_capacity", _("no capacity")
        NOT_MY_AREA = "not_my_area", _("not my area")
        NOT_MY_KIND = "not_my_kind", _("not my kind of help")
        UNSAFE = "unsafe", _("unsafe")

    class Way(models.TextChoices):
        TELEGRAM = "telegram", "Telegram"
        LINK = "link", _("link")
        WEBHOOK = "webhook", "Webhook"
        ADMIN = "admin", _("admin")

    MOVES = {
        State.OFFERED: {State.ACCEPTED, State.DECLINED, State.TAKEN, State.WITHDRAWN},
        State.DECLINED: {State.ACCEPTED, State.TAKEN, State.WITHDRAWN},
        State.ACCEPTED: {State.RETURNED, State.FINISHED, State.WITHDRAWN},
        State.TAKEN: set(),
        State.WITHDRAWN: set(),
        State.RETURNED: set(),
        State.FINISHED: set(),
    }
    SCOPE = None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Differs for every recipient, so that two of them cannot tell that they were asked the same.
    reference = models.CharField(_("reference"), max_length=16, unique=True, default=public_code, editable=False)
    help_request = models.ForeignKey("dispatch.HelpRequest", on_delete=models.CASCADE, related_name="offers")
    local_coordinator = models.ForeignKey(
        "coordinators.LocalCoordinator",
        on_delete=models.CASCADE,
        related_name="offers",
        verbose_name=_("local coordinator"),
    )
    wave = models.ForeignKey("dispatch.Wave", on_delete=models.CASCADE, related_name="offers")
    round = models.PositiveSmallIntegerField()
    # Parts of the rank at the time of offering: {factor: number}, the smaller the better.
    reasons = models.JSONField(_("why"), default=dict)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.OFFERED, editable=False)
    offered_at = models.DateTimeField(_("offered at"))
    answered_at = models.DateTimeField(_("answered at"), null=True)
    decline_reason = models.CharField(_("declined because"), max_length=16, choices=DeclineReason.choices, blank=True)
    # The entry of the coverage of which they are asked whether it still holds, until they have answered.
    asks_about = models.ForeignKey(
        "coordinators.Coverage", null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    # Who accepted for the coordinator: a linked person (endpoint) or a representative with an account.
    accepted_via = models.CharField(max_length=16, choices=Way.choices, blank=True)
    accepted_endpoint = models.ForeignKey(
        "coordinators.Endpoint", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    accepted_user = models.ForeignKey("staff.User", null=True, on_delete=models.SET_NULL, related_name="+")
    contact_opened_at = models.DateTimeField(_("contact first opened"), null=True)
    last_sign_at = models.DateTimeField(_("last sign of work"), null=True)
    nudged_at = models.DateTimeField(null=True)
    # When the way by which its winner accepted was found broken, and they were asked another way, or the team called.
    cut_off_at = models.DateTimeField(null=True)
    # Why an acceptance ended without an outcome: "handed_back", "silent", "suspended", "left".
    returned_because = models.CharField(max_length=16, blank=True)
    # Announced in a digest instead of a message of its own.
    digested_at = models.DateTimeField(null=True)
    # A silent offer has been counted once in the coordinator's usual time to answer.
    silence_counted = models.BooleanField(default=False)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        default_permissions = ()
        ordering = ["-offered_at"]
        indexes = [
            models.Index(fields=["local_coordinator", "state"], name="offer_of_coordinator"),
            # What the sweeps look through every few seconds: few of all that there are.
            models.Index(fields=["offered_at"], name="offer_waiting", condition=Q(state="offered")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["help_request", "local_coordinator", "round"], name="offer_once_a_round"),
            # One winner, whatever the code does: one at a time, and one in each round.
            models.UniqueConstraint(fields=["help_request"], condition=Q(state="accepted"), name="offer_one_winner"),
            models.UniqueConstraint(
                fields=["help_request", "round"],
                condition=Q(state__in=["accepted", "finished"]),
                name="offer_one_winner_a_round",
            ),
        ]

    def __str__(self):
        return self.reference

    def button_token(self, address):
        """The opaque token of this offer's buttons in the chat `address`: at most 40 characters."""
        seal = keyed_hash(keyring().subkey("offer-button"), str(self.pk), str(address))[:16]
        return f"{self.reference}.{urlsafe_b64encode(seal).decode().rstrip('=')}"
