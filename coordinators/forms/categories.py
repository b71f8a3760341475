"""Editing kinds of help and the directory in the admin: a box for each language, no JSON."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordinators.models import Category, DirectoryEntry, Urgency
from coordinators.models.category import ROOT_SLUG
from hotline.questionnaires.forms.fields import YesNo
from hotline.questionnaires.forms.translated import NumbersField, TranslatedField, WordsField

MINUTES_HIGHEST = 7 * 24 * 60
WAVE_HIGHEST = 50
AS_ABOVE = [("", _("as the kind above")), ("yes", _("Yes")), ("no", _("No"))]


class CategoryForm(forms.ModelForm):
    names = TranslatedField(
        label=pgettext_lazy("of a thing", "Name"),
        max_length=80,
        help_text=_("Operators and coordinators read it, each in their language."),
    )
    keywords = WordsField(
        label=_("Words callers use"), required=False, help_text=_("With commas between them; the search finds them.")
    )
    danger = TranslatedField(
        label=_("What to do first in danger"),
        max_length=300,
        rows=3,
        required=False,
        help_text=_("Short: it is read out."),
    )
    needs_checked = YesNo(label=_("Only for checked coordinators"), choices=AS_ABOVE, required=False)
    needs_language = YesNo(label=_("Needs a common language"), choices=AS_ABOVE, required=False)
    ring_back = YesNo(label=_("Ring back first"), choices=AS_ABOVE, required=False)
    wave_minutes = NumbersField(
        label=_("Minutes until more are asked"),
        boxes=Urgency.choices,
        low=1,
        high=MINUTES_HIGHEST,
        required=False,
        help_text=_("How long the first ones have to answer before the next are asked too. Empty: as the kind above."),
    )
    wave_size = NumbersField(
        label=_("How many are asked at a time"),
        boxes=Urgency.choices,
        low=1,
        high=WAVE_HIGHEST,
        required=False,
        help_text=_("The first who accepts gets it, the others are told. Empty: as the kind above."),
    )

    class Meta:
        model = Category
        fields = [
            "slug", "parent", "position", "names", "keywords", "cluster", "active", "danger", "questionnaire",
            "needs_checked", "needs_language", "ring_back", "still_needed_hours", "default_urgency", "wave_minutes",
            "wave_size", "contact_hours",
        ]  # fmt: skip
        help_texts = {
            "slug": _("Stands in files and figures; it cannot be changed later."),
            "parent": _("Coordinators who cover that kind are asked for this one too."),
            "position": _("Small numbers stand first in lists."),
            "cluster": _("For reports to the United Nations and to large organisations."),
            "questionnaire": _("What operators ask besides. Empty: as the kind above."),
            "default_urgency": _("Chosen at first when this kind is taken; the operator can change it."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("needs_checked", "needs_language", "ring_back"):
            # The model's own words under the box.
            self.fields[name].help_text = Category._meta.get_field(name).help_text
        if "parent" in self.fields and self.instance.slug != ROOT_SLUG:
            self.fields["parent"].required = True


class DirectoryEntryForm(forms.ModelForm):
    title = TranslatedField(
        label=pgettext_lazy("of a thing", "Name"), max_length=120, help_text=_("Operators read it out to the caller.")
    )
    text = TranslatedField(
        label=_("For whom and when"),
        max_length=300,
        rows=2,
        required=False,
        help_text=_("In a few words: who may turn there, in which languages, at which hours."),
    )
    url = forms.URLField(
        label=_("Address on the web"),
        max_length=300,
        required=False,
        assume_scheme="https",
        help_text=_("For callers who can read a page."),
    )

    class Meta:
        model = DirectoryEntry
        fields = ["slug", "title", "text", "phone", "url", "category", "place", "position", "active"]
        help_texts = {
            "slug": _("Known to lists that are loaded; it cannot be changed later."),
            "phone": _("As one dials it from here. A public number: never that of a helper."),
            "position": _("Small numbers stand first."),
            "active": _("Switched off, operators no longer see it."),
        }
