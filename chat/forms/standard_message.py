"""A standard message as a volunteer, a supervisor or an administrator writes it, and what is said to a suggestion."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chat.actions import standard_messages
from chat.models import Line, StandardMessage
from chat.models.event import BODY_LIMIT
from chat.models.standard_message import SHORT_CODE_LENGTH
from hotline.lib.errors import Refused
from hotline.questionnaires.forms.translated import TranslatedField
from hotline.staff.permissions import visible


def _told(function, value):
    try:
        return function(value)
    except Refused as refused:
        raise ValidationError(str(refused), code=refused.code) from None


class StandardMessageForm(forms.ModelForm):
    short_code = forms.CharField(
        label=_("Short code"),
        max_length=SHORT_CODE_LENGTH + 1,
        help_text=_("Typed after a slash it finds the text: letters, digits and hyphens, as in /are-you-safe."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    texts = TranslatedField(
        label=_("Text"),
        max_length=BODY_LIMIT,
        rows=4,
        help_text=_(
            "{alias} becomes the visitor's name and is left out where there is none, {line} the name of the line, {opens} "
            "the next time it opens. Name nobody, and nothing that a visitor told."
        ),
    )

    class Meta:
        model = StandardMessage
        fields = ["short_code", "texts"]

    def clean_short_code(self):
        return _told(standard_messages.normal_code, self.cleaned_data["short_code"])

    def clean_texts(self):
        return _told(standard_messages.normal_texts, self.cleaned_data["texts"])

    def clean(self):
        """Says beforehand that a code is taken: what was typed stays."""
        cleaned, now = super().clean(), self.instance
        if now.state == StandardMessage.State.IN_USE and "short_code" in cleaned and "line" not in self.errors:
            line = cleaned.get("line", now.line)
            wanted = StandardMessage(
                pk=now.pk, owner=now.owner, person=now.person, line=line, short_code=cleaned["short_code"]
            )
            try:
                standard_messages.find_room(wanted)
            except standard_messages.CodeTaken as taken:
                self.add_error("short_code", str(taken))
            except Refused as refused:
                self.add_error(None, str(refused))
        return cleaned


class KeptStandardMessageForm(StandardMessageForm):
    """For the admin. Subclasses set `rights`, the Rights of whoever writes: administrators keep the house's, too."""

    rights = None
    line = forms.ModelChoiceField(
        label=_("Line"),
        queryset=Line.objects.none(),
        required=False,
        empty_label=_("The whole house"),
        help_text=_("Where it is found. It stays there: write it again for another one."),
    )

    class Meta(StandardMessageForm.Meta):
        fields = ["line", "short_code", "texts"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            del self.fields["line"]
            return
        lines, field = Line.objects.order_by("slug"), self.fields["line"]
        if not self.rights.can(standard_messages.MANAGE):
            lines, field.required, field.empty_label = (
                visible(self.rights, lines, standard_messages.SUPERVISE),
                True,
                None,
            )
        field.queryset = lines

    def clean(self):
        if self.instance._state.adding:
            owner = StandardMessage.Owner
            self.instance.owner = owner.LINE if self.cleaned_data.get("line") else owner.HOUSE
        return super().clean()


class SuggestForm(forms.Form):
    """For which line. lines: the Lines (QuerySet) that come into question."""

    line = forms.ModelChoiceField(label=_("Line"), queryset=Line.objects.none(), to_field_name="slug", empty_label=None)

    def __init__(self, *args, lines, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = lines


def _words(**options):
    return forms.CharField(
        label=_("Your words"),
        max_length=StandardMessage._meta.get_field("answer").max_length,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        **options,
    )


class AcceptForm(forms.Form):
    words = _words(required=False, help_text=_("Whoever suggested it reads them. A thank-you, if you like."))


class SetAsideForm(forms.Form):
    words = _words(help_text=_("Kindly, and why: whoever suggested it reads them."))
