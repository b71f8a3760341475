"""Editing questionnaires in the admin: every text in every language, choices as a table, no JSON."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.questionnaires.models import Question, Questionnaire

from .choices import ChoicesField
from .translated import TranslatedField


class QuestionnaireForm(forms.ModelForm):
    names = TranslatedField(
        label=pgettext_lazy("of a thing", "Name"),
        max_length=120,
        help_text=_("For whoever chooses it; callers and visitors never see it."),
    )

    class Meta:
        model = Questionnaire
        fields = ["slug", "names"]
        help_texts = {"slug": _("Answers point to it; it cannot be changed later.")}


class QuestionForm(forms.ModelForm):
    label = TranslatedField(label=_("Question"), max_length=200)
    help = TranslatedField(label=_("Hint"), max_length=300, required=False)
    choices = ChoicesField(
        label=_("Choices"),
        required=False,
        help_text=_("Only for “one of several”. The value stays as it is in answers."),
    )

    class Meta:
        model = Question
        fields = ["key", "kind", "label", "help", "required", "public", "choices", "minimum", "maximum", "position"]
