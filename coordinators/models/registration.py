"""An organisation that wants to help has registered itself, and waits for somebody to check it."""

import json
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotline.lib.codes import public_code
from hotline.lib.crypto import keyed_hash
from hotline.lib.fields import SealedRow, SealedTextField, readable
from hotline.lib.keyring import keyring

_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_SIGNS = 12


def code_of(submission):
    """The code, str of twelve signs, with which whoever sent this form (UUID) comes back. The same form gives the same."""
    secret = keyed_hash(keyring().subkey("registration-code"), submission.hex)
    return "".join(_SIGNS[byte % len(_SIGNS)] for byte in secret[:_CODE_SIGNS])


class Registration(SealedRow):
    """What it told of itself is under the site key; only its hash is kept of the code that the organisation holds."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits to be checked")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    MOVES = {
        State.WAITING: {State.APPROVED, State.REFUSED, State.WITHDRAWN},
        State.APPROVED: set(),
        State.REFUSED: set(),
        State.WITHDRAWN: set(),
    }
    SCOPE = None
    # What an organisation tells of itself, and how long each may be.
    TOLD = {"name": 200, "person": 120, "email": 200, "phone": 60, "check": 1000, "note": 2000}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(_("code"), max_length=16, unique=True, default=public_code, editable=False)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.WAITING, editable=False)
    state_since = models.DateTimeField(default=timezone.now, editable=False)
    created_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="en")
    # JSON of TOLD; None once it is decided or withdrawn, and nobody needs it here any more.
    told_sealed = SealedTextField(max_length=20_000, null=True)
    notes = SealedTextField(_("notes of checking"), max_length=4000, blank=True, default="", null=True)
    answer = SealedTextField(_("what they were told"), max_length=1000, blank=True, default="", null=True)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    categories = models.ManyToManyField("coordinators.Category", related_name="+", verbose_name=_("kinds of help"))
    places = models.ManyToManyField("coordinators.Place", related_name="+", verbose_name=_("places"))
    submission_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    code_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    is_vouched = models.BooleanField(_("somebody known has vouched"), default=False, editable=False)
    vouched_by = models.ForeignKey(
        "coordinators.LocalCoordinator", null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    local_coordinator = models.ForeignKey(
        "coordinators.LocalCoordinator", null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        default_permissions = ()
        ordering = ["created_at"]
        indexes = [models.Index(fields=["state", "state_since"], name="registration_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "approved", "refused", "withdrawn"]), name="registration_state_known"
            ),
        ]

    def __str__(self):
        return self.code

    @property
    def told(self):
        """What the organisation told of itself, {key of TOLD: str}; {} once that is erased or can no longer be read."""
        return json.loads(self.told_sealed) if readable(self, "told_sealed") and self.told_sealed else {}

    @told.setter
    def told(self, told):
        self.told_sealed = json.dumps(told, ensure_ascii=False)


class VouchCode(models.Model):
    """A code by which somebody known vouches for somebody new; only its keyed hash is kept, and it works once."""

    SCOPE = None

    local_coordinator = models.ForeignKey(
        "coordinators.LocalCoordinator", on_delete=models.CASCADE, related_name="vouch_codes"
    )
    token_hash = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("code to vouch")
        verbose_name_plural = _("codes to vouch")
        default_permissions = ()

    def __str__(self):
        return f"{self.local_coordinator_id}"
