"""Every way a place is spelt, in any script, and its second numbers elsewhere."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from hotline.lib.folding import fold_words

from .place import Place, PlaceStamp


class PlaceName(models.Model):
    """One spelling of one place as it came, and folded (`fold_words`), so that the index is read and not computed."""

    SCOPE = None

    place = models.ForeignKey(Place, verbose_name=_("place"), on_delete=models.CASCADE, related_name="spellings")
    name = models.CharField(_("spelling"), max_length=120)
    key = models.CharField(_("folded"), max_length=240, editable=False)

    class Meta:
        verbose_name = _("spelling of a place")
        verbose_name_plural = _("spellings of places")
        constraints = [models.UniqueConstraint(fields=["place", "name"], name="place_name_once")]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.key = fold_words(self.name)
        super().save(*args, **kwargs)
        PlaceStamp.renew()

    def delete(self, *args, **kwargs):
        deleted = super().delete(*args, **kwargs)
        PlaceStamp.renew()
        return deleted


class PlaceTwin(models.Model):
    """A second GeoNames number of one settlement, which GeoNames has twice and the tree once."""

    SCOPE = None

    geoname_id = models.PositiveIntegerField(_("GeoNames number"), primary_key=True)
    place = models.ForeignKey(Place, verbose_name=_("place"), on_delete=models.CASCADE, related_name="twins")

    class Meta:
        verbose_name = _("second GeoNames number")
        verbose_name_plural = _("second GeoNames numbers")

    def __str__(self):
        return str(self.geoname_id)
