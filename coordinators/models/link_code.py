"""A one-time code that links a Telegram chat to a local coordinator, or confirms a mailbox; only its keyed hash is kept."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LinkCode(models.Model):
    SCOPE = None

    local_coordinator = models.ForeignKey(
        "coordinators.LocalCoordinator", on_delete=models.CASCADE, related_name="link_codes"
    )
    # The mailbox that it confirms; None: it links a chat.
    endpoint = models.ForeignKey("coordinators.Endpoint", null=True, on_delete=models.CASCADE, related_name="codes")
    token_hash = models.BinaryField(max_length=32, unique=True)
    receives_offers = models.BooleanField(_("receives offers"), default=True)
    expires_at = models.DateTimeField(_("valid until"))
    used_at = models.DateTimeField(_("used"), null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("link code")
        verbose_name_plural = _("link codes")
        default_permissions = ()

    def __str__(self):
        return f"{self.local_coordinator_id}"
