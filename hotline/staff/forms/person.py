"""Who a person is; for a new one also which roles they have, which teams they work in and supervise."""

from django import forms
from django.contrib.auth.forms import UsernameField
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from hotline.lib.languages import SPOKEN
from hotline.staff.forms.teams import TeamsField, describe
from hotline.staff.models import User
from hotline.staff.roles import ROLES, VOLUNTEER


class PersonForm(forms.ModelForm):
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        help_text=_("The invitation goes there. Without it you get a code to hand over."),
    )
    spoken_languages = forms.MultipleChoiceField(
        label=_("Spoken languages"),
        required=False,
        choices=list(SPOKEN.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Besides the language above: in the chat they are given visitors who speak one of these."),
    )

    class Meta:
        model = User
        fields = ["username", "alias", "email", "language", "spoken_languages"]
        field_classes = {"username": UsernameField}
        help_texts = {
            "username": _("To log in with. Administrators alone see it."),
            "language": _("Of the pages, mails and alarms that they get; they can change it themselves."),
        }

    def clean_email(self):
        email = self.cleaned_data["email"]
        if User.objects.by_email(email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Another account has this e-mail address."))
        return email


class NewPersonForm(PersonForm):
    """Begins with what most people get: the role Volunteer, and the team where there is only one."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        choices=list(ROLES.items()),
        initial=[VOLUNTEER],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A role opens nothing without a team below, but for what concerns the whole house."),
    )
    works_in = TeamsField(
        label=_("Works in"),
        help_text=_("There they do what their roles allow, and see its requests and conversations."),
    )
    supervises = TeamsField(
        label=_("Supervises"),
        help_text=_(
            "They get its alarms, and see what becomes of its requests; it takes more than the role Volunteer."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        teams = describe(self)
        if len(teams) == 1:
            self.initial.setdefault("works_in", teams)
        if not teams:
            self.fields["works_in"].help_text = format_html(
                '{} <a href="{}">{}</a>',
                _("There is no team yet. Make one first: a role counts only in a team."),
                reverse("admin:staff_team_add"),
                _("Make a team"),
            )
