"""A set of questions asked together: for one kind of help, before a chat, after it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from hotline.lib.languages import localized


class Questionnaire(models.Model):
    SCOPE = None

    slug = models.SlugField(_("short name"), max_length=64, unique=True)
    names = models.JSONField(_("names"), default=dict, blank=True)
    # Digest of what the data file brought, so that a loader can tell its own work from an administrator's.
    loaded = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")
        ordering = ["slug"]
        default_permissions = ()

    def __str__(self):
        return self.label()

    def label(self, language=None):
        """The name in `language` (a code of the house; None: the reader's), else the slug."""
        return localized(self.names, language) or self.slug
