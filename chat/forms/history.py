"""What past conversations are found by: their course, never a word of them."""

from datetime import timedelta

from django import forms
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation, Flag

FLAGGED, OPEN = "flagged", "open"
LONGEST = 24 * 60


class HistoryForm(forms.Form):
    """`lines`: the Lines to choose among; `people`: [alias] of those who had conversations there."""

    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    line = forms.ChoiceField(label=_("Line"), required=False)
    volunteer = forms.ChoiceField(label=_("Volunteer"), required=False)
    flag = forms.ChoiceField(
        label=_("Flag"),
        required=False,
        choices=[("", _("all")), (FLAGGED, _("flagged")), (OPEN, _("with an open flag"))],
    )
    end = forms.ChoiceField(label=_("How it ended"), required=False)
    least = forms.IntegerField(label=_("Minutes, at least"), required=False, min_value=0, max_value=LONGEST)
    most = forms.IntegerField(label=_("Minutes, at most"), required=False, min_value=0, max_value=LONGEST)

    def __init__(self, *args, lines, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["line"].choices = [("", _("all")), *((one.slug, one.title()) for one in lines)]
        self.fields["volunteer"].choices = [("", _("all")), *((alias, alias) for alias in people)]
        self.fields["end"].choices = [("", _("all")), *Conversation.End.choices]

    def clean(self):
        said = super().clean()
        for first, last in (("since", "until"), ("least", "most")):
            if said.get(first) is not None and said.get(last) is not None and said[first] > said[last]:
                self.add_error(last, _("This lies before the beginning."))
        return said

    def among(self, conversations):
        """Those of `conversations` (QuerySet) that were asked for; the form is valid."""
        said = self.cleaned_data
        asked = {"line": "line__slug", "volunteer": "volunteer__alias", "end": "end"}
        found = conversations.filter(**{lookup: said[name] for name, lookup in asked.items() if said[name]})
        if said["since"]:
            found = found.filter(ended_at__date__gte=said["since"])
        if said["until"]:
            found = found.filter(ended_at__date__lte=said["until"])
        if said["least"]:
            found = found.filter(ended_at__gte=F("taken_at") + timedelta(minutes=said["least"]))
        if said["most"] is not None:
            found = found.filter(ended_at__lt=F("taken_at") + timedelta(minutes=said["most"] + 1))
        flags = Flag.objects.filter(conversation=OuterRef("pk"))
        if said["flag"] == FLAGGED:
            found = found.filter(Exists(flags))
        elif said["flag"] == OPEN:
            found = found.filter(Exists(flags.exclude(state=Flag.State.DONE)))
        return found
