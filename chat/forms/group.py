"""A group as whoever supervises its line writes it down."""

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.forms import SplitDateTimeField
from django.utils.translation import gettext_lazy as _

from chat.actions.group_staff import SUPERVISE, TALK
from chat.models import Group, Line
from hotline.questionnaires.forms.translated import TranslatedField
from hotline.staff.models import User
from hotline.staff.permissions import Rights, holders, visible

TITLE_LENGTH, RULES_LENGTH = 60, 2000
TEXTS = ("titles", "rules")


def _moment(name, help_text=""):
    field = Group._meta.get_field(name)
    help_text = help_text or field.help_text
    return SplitDateTimeField(label=field.verbose_name, required=False, widget=AdminSplitDateTime, help_text=help_text)


class GroupForm(forms.ModelForm):
    """Subclasses set `rights`, the Rights of whoever writes, and `actor`, the User."""

    rights = None

    titles = TranslatedField(
        label=_("Title"), rows=1, max_length=TITLE_LENGTH, help_text=_("What visitors read above the group.")
    )
    rules = TranslatedField(
        label=_("Rules"),
        rows=4,
        required=False,
        max_length=RULES_LENGTH,
        help_text=Group._meta.get_field("rules").help_text,
    )
    starts_at = _moment("starts_at")
    ends_at = _moment(
        "ends_at", _("Empty: somebody closes it by hand. When nobody does, the house closes it after a time.")
    )
    moderators = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("Moderators"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=Group._meta.get_field("moderators").help_text,
    )

    class Meta:
        model = Group
        fields = [
            *("line", "titles", "rules", "starts_at", "ends_at", "maximum", "has_waiting_room", "holds_messages"),
            *("slow_seconds", "moderators"),
        ]
        help_texts = {
            "line": _("Volunteers of this line may come in; its rules on time and keeping hold here too."),
            "maximum": _("Whoever comes when so many are in is told that the group is full."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            # What was changed is told by what the page showed, not by what stands in the row by now: a page that lay open
            # while moderators set something at the desk does not undo it.
            field.show_hidden_initial = bool(self.instance.pk) and name not in TEXTS
        lines = visible(self.rights, Line.objects.select_related("team").order_by("slug"), SUPERVISE)
        if "line" in self.fields:
            self.fields["line"].queryset = lines.filter(has_groups=True)
        else:
            lines = lines.filter(pk=self.instance.line_id)
        people = {one.pk for line in {line.team_id: line for line in lines}.values() for one in holders(TALK, line)}
        self.fields["moderators"].queryset = User.objects.filter(pk__in=people).order_by("alias")

    def clean_moderators(self):
        """Of those who talk at its line alone."""
        chosen = self.cleaned_data["moderators"]
        line = self.cleaned_data.get("line") or (self.instance.line if self.instance.line_id else None)
        rights = Rights.of_many(chosen)
        if strangers := [one.alias for one in chosen if line and not rights[one.pk].can(TALK, line)]:
            raise ValidationError(_("Does not work at this line: %(people)s"), params={"people": ", ".join(strangers)})
        return chosen
