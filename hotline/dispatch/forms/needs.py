"""One need of a caller: what, where, how urgently, and the questions of its kind."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from coordinators.models import CategoryTree, Place
from coordinators.search.places import places_called
from hotline.dispatch.actions.intake import Choice
from hotline.dispatch.actions.requests import Written
from hotline.dispatch.models import HelpRequest
from hotline.lib.languages import localized
from hotline.questionnaires.forms import answers_form

from .moment import Moment
from .typed import QuietForm, line, row_id, silence

MOST_PEOPLE = 10_000
NEW = "new"
PROTECTED = {"yes": True, "no": False, "": None}


def urgencies():
    """The choices of urgency, written as they begin a line."""
    return [(value, capfirst(words)) for value, words in HelpRequest.Urgency.choices]


class NeedForm(QuietForm):
    """The fields that every kind has. The questions of its kind are a form of their own, see `Need`."""

    category = forms.CharField(label=_("What is needed"), required=False)
    category_text = forms.CharField(required=False)
    place = forms.CharField(label=_("Where"), required=False)
    place_text = forms.CharField(required=False)
    urgency = forms.ChoiceField(
        label=_("How urgent"),
        choices=urgencies,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how urgent it is.")},
    )
    needed_by = Moment(label=_("By when"), required=False)
    people = forms.IntegerField(
        label=_("People"),
        required=False,
        min_value=1,
        max_value=MOST_PEOPLE,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": _("Please write a whole number in digits, such as 3."),
            "min_value": _("Please write %(limit_value)s or more."),
            "max_value": _("Please write %(limit_value)s or less."),
        },
    )
    protected = forms.ChoiceField(
        label=_("Children, or somebody alone?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Only with a No it is also offered to those who are new. Sealed."),
    )
    note = line(_("What they should know"), 2000, rows=2)

    def clean_protected(self):
        return PROTECTED[self.cleaned_data["protected"]]

    @cached_property
    def which_places(self):
        """Places (list) of the name that was typed, when none is chosen and it is the name of several."""
        typed = self["place_text"].value() or ""
        if not typed.strip() or self["place"].value():
            return []
        found = places_called(typed)
        return found if len(found) > 1 else []

    def clean_category(self):
        category = kind_of(self.cleaned_data["category"])
        if category is None or not CategoryTree.current().in_use(category.pk):
            raise ValidationError(_("Choose a kind of help from the list."))
        return category

    def clean_place(self):
        place = place_of(self.cleaned_data["place"])
        if place is None or place.kind == Place.Kind.ROOT:
            alike = len(self.which_places)
            if alike > 1:
                raise ValidationError(_("There are several places of this name. Choose the right one."))
            raise ValidationError(_("Choose a place from the list. If it is missing, take the nearest one."))
        return place


def kind_of(chosen):
    """The Category of a choice as it was posted (str), or None."""
    return CategoryTree.current().by_id.get(row_id(chosen))


def place_of(chosen):
    """The Place of a choice as it was posted (str) with all it lies in, or None."""
    pk = row_id(chosen)
    try:
        return Place.objects.one_with_lineage(pk) if pk is not None else None
    except Place.DoesNotExist:
        return None


class Need:
    """A NeedForm and the questions of its kind. number: tells several needs of one form apart."""

    def __init__(self, number, data=None, quiet=False):
        self.number = number
        sent = data or {}
        # While another kind is looked for, the questions of the last one stay, with what was answered.
        self.category = kind_of(sent.get(f"n{number}-category", "")) or kind_of(sent.get(f"n{number}-asked", ""))
        self.usual = (self.category.effective("default_urgency") if self.category else "") or ""
        if quiet:
            data = self._with_usual_urgency(data)
        self.form = NeedForm(data, prefix=f"n{number}", quiet=quiet)
        questionnaire = self.category.effective("questionnaire") if self.category else None
        self.answers = answers_form(questionnaire, data, prefix=f"n{number}-q")
        # Open requests that this may be one of, and what the operator says of them; see choice().
        self.twins = []
        self.said = sent.get(f"n{number}-twin", "")
        if data is not None and quiet:
            silence(self.answers)

    def _with_usual_urgency(self, data):
        """Nothing chosen, or what was usual for the kind before: what is usual for this kind stands there."""
        name = f"n{self.number}-urgency"
        if data is not None and self.usual and data.get(name, "") in ("", data.get(f"n{self.number}-usual", "")):
            data = data.copy()
            data[name] = self.usual
        return data

    @property
    def danger(self):
        """What to do first in danger, for this kind of help, as text."""
        return localized(self.category.effective("danger")) if self.category else ""

    @property
    def said_twin(self):
        """Code of the open request that the operator said it is, "new", or ""."""
        return self.said.partition(" ")[0]

    def choice(self):
        """The Choice that the operator made between a new request and an open one, or None when none was made."""
        code, _bar, seen = self.said.partition(" ")
        if code == NEW:
            return Choice()
        try:
            since = datetime.fromisoformat(seen)
        except ValueError:
            return None
        return Choice(code, since) if timezone.is_aware(since) else None

    def is_valid(self):
        return all([self.form.is_valid(), self.answers.is_valid()])

    def written(self, contact):
        """The Written of this need; contact: cleaned data of the ContactForm, which holds what all needs share."""
        cleaned = self.form.cleaned_data
        return Written(
            category=cleaned["category"],
            place=cleaned["place"],
            urgency=cleaned["urgency"],
            answers=self.answers.answers,
            people=cleaned["people"],
            protected=cleaned["protected"],
            languages=tuple(contact["languages"]),
            needed_by=cleaned["needed_by"],
            note=cleaned["note"],
            spoken_to=contact["spoken_to"],
        )
