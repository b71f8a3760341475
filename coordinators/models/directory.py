"""Where else to turn: numbers and addresses an operator can give when this house is not the right one."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.lib.languages import localized

from .category import Category
from .place import Place


class DirectoryEntry(models.Model):
    """Public knowledge only: known services, never helpers of this house."""

    SCOPE = None

    slug = models.SlugField(_("short name"), max_length=64, unique=True)
    title = models.JSONField(pgettext_lazy("of a thing", "name"), default=dict)
    text = models.JSONField(_("for whom and when"), default=dict, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    url = models.URLField(_("address on the web"), max_length=300, blank=True)
    category = models.ForeignKey(
        Category,
        verbose_name=_("kind of help"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("With everything below it; empty: for every kind."),
    )
    place = models.ForeignKey(
        Place,
        verbose_name=_("place"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("With everything below it; empty: anywhere."),
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    active = models.BooleanField(_("in use"), default=True)
    # Digest of what the data file brought, so that a loader can tell its own work from an administrator's.
    loaded = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("place to turn to")
        verbose_name_plural = _("where else to turn")
        ordering = ["position", "slug"]
        default_permissions = ()

    def __str__(self):
        return self.label()

    def label(self, language=None):
        """The name in `language` (None: the reader's)."""
        return localized(self.title, language) or self.slug

    def description(self, language=None):
        """For whom and when, in `language`; may be empty."""
        return localized(self.text, language)

    def clean(self):
        """Refuses an entry that gives no way to turn there."""
        super().clean()
        if not self.phone and not self.url:
            raise ValidationError(_("Give a phone number or an address on the web."))
