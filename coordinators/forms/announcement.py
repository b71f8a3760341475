"""What is told to coordinators, and to which."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from coordinators.models import Announcement, Place
from coordinators.search.places import search_places
from hotline.lib.folding import fold
from hotline.questionnaires.forms.translated import TranslatedField

LONGEST = 1500
SHOWN = 6


def _names(place):
    """What the place is called in full, alone and at home, as it is compared."""
    label = place.label()
    return {fold(name) for name in (label, label.split(",")[0], place.name)}


class AnnouncementForm(forms.ModelForm):
    where = forms.CharField(
        label=_("Place"),
        required=False,
        max_length=120,
        help_text=_(
            "Town, district or region, in any language; whoever covers it or a part of it is told. Empty: everywhere."
        ),
    )
    texts = TranslatedField(
        label=_("Text"),
        max_length=LONGEST,
        rows=4,
        help_text=_(
            "Each reads it in their language where you wrote it, else in English. Name no person and no address."
        ),
    )

    class Meta:
        model = Announcement
        fields = ["category"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields(["where", "category", "texts"])
        if not self.instance._state.adding:
            self.initial["texts"] = self.instance.texts
            self.initial["where"] = self.instance.place.label() if self.instance.place else ""

    def clean_where(self):
        """The Place that was meant, or None; one that there is several times is asked about."""
        typed = self.cleaned_data["where"].strip()
        if not typed:
            return None
        found = [place for place in search_places(typed, limit=SHOWN) if place.kind != Place.Kind.ROOT]
        exactly = [place for place in found if fold(typed) in _names(place)]
        if len(exactly) == 1 or len(found) == 1:
            return (exactly or found)[0]
        if not found:
            raise ValidationError(_("No place is called so. Look whether it is written rightly."))
        labels = "; ".join(place.label() for place in found)
        raise ValidationError(
            _("Several places may be meant. Write one of these: %(labels)s"), params={"labels": labels}
        )

    def save(self, commit=True):
        self.instance.place = self.cleaned_data["where"]
        self.instance.texts = self.cleaned_data["texts"]
        return super().save(commit)
