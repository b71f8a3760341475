"""Forms of a coordinator's own page for one offer."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hotline.dispatch.actions.questions import TEXT_LIMIT
from hotline.dispatch.models import HelpRequest, Offer, OfferQuestion


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("If you like, say why"),
        choices=[("", _("no reason")), *Offer.DeclineReason.choices],
        required=False,
        widget=forms.RadioSelect,
    )


class FinishForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("How did it go?"), choices=HelpRequest.Outcome.choices, widget=forms.RadioSelect
    )


class AskForm(forms.Form):
    ready = forms.ChoiceField(
        label=_("What do you want to know first?"), choices=OfferQuestion.Ready.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("In your own words"),
        help_text=_("Only for “something else”. The desk does not learn who asks."),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("ready") == OfferQuestion.Ready.OTHER and not cleaned.get("text", "").strip():
            self.add_error("text", _("Write your question here."))
        return cleaned
