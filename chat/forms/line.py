"""A line as an administrator writes it down: boxes for everything, no JSON."""

import zoneinfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from chat.forms.colour import ColourField
from chat.forms.lines_of_text import AlternativesField, OriginsField
from chat.forms.risk import RiskField, as_answers
from chat.models import Line
from chat.models.line import default_time_zone, interface_languages
from chat.models.participant import ALIAS_LIMIT
from hotline.questionnaires.forms.hours import HoursField, OtherHoursField
from hotline.questionnaires.forms.translated import TranslatedField, WordsField

TEXT_LENGTH = 600
TITLE_LENGTH = 60


def _text(name, **options):
    """A box for each language, with the model's own words around it."""
    field = Line._meta.get_field(name)
    options = {"required": False, "rows": 3, "max_length": TEXT_LENGTH, "help_text": field.help_text} | options
    return TranslatedField(label=capfirst(field.verbose_name), **options)


class LineForm(forms.ModelForm):
    titles = _text(
        "titles",
        required=True,
        rows=1,
        max_length=TITLE_LENGTH,
        help_text=_("What visitors and volunteers call it; the other languages fall back on one that is filled in."),
    )
    welcome = _text("welcome", help_text=_("The first words that a visitor reads above the form."))
    danger = _text("danger")
    privacy = _text("privacy")
    when_closed = _text("when_closed", help_text=_("Shown outside its hours, before the other numbers."))
    when_full = _text(
        "when_full", help_text=_("Shown when every place in the queue is taken, before the other numbers.")
    )
    when_paused = _text("when_paused", help_text=_("Shown while nobody new is let in, before the other numbers."))
    goodbye = _text("goodbye", help_text=_("The last words that a visitor reads, above the questions afterwards."))
    alternatives = AlternativesField(
        label=_("Other numbers"), help_text=_("One a line: a name, a bar, a number or a page, as Helpline | 116111.")
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=settings.LANGUAGES,
        initial=interface_languages,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Visitors choose among these; only volunteers who speak theirs are given them."),
    )
    colour = ColourField(
        label=_("Colour"), max_length=7, required=False, help_text=Line._meta.get_field("colour").help_text
    )
    hosts = OriginsField(label=_("Websites that may show it"), help_text=Line._meta.get_field("hosts").help_text)
    exit_address = forms.URLField(
        label=_("Where “Leave this page” goes"),
        max_length=200,
        assume_scheme="https",
        initial="https://www.wikipedia.org/",
        help_text=_("A page that nobody wonders about: it opens at once when a visitor has to hide what they do here."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=[(name, name) for name in sorted(zoneinfo.available_timezones()) if "/" in name],
        initial=default_time_zone,
        help_text=_("Of the hours below."),
    )
    hours = HoursField(
        label=_("Hours"), help_text=_("They count when the line goes by its hours. All empty: day and night.")
    )
    exceptions = OtherHoursField(
        label=_("Other hours on single days"),
        required=False,
        help_text=_("One day a line, as 2026-12-24 10:00–14:00, or 2026-12-25 closed."),
    )
    suggested_aliases = WordsField(
        label=_("Suggested names"), required=False, help_text=_("With commas between them. No names of real people.")
    )
    risk_answers = RiskField(
        label=_("Answers that raise the place in the queue"),
        rows=2,
        help_text=_("One a line: the key of a question and the answer, as danger = yes. Volunteers see which it was."),
    )

    danger_steps = _text(
        "danger_steps",
        rows=5,
        max_length=2000,
        help_text=_("One step a line; volunteers tick them. Empty: the house's own."),
    )
    danger_numbers = _text(
        "danger_numbers", rows=3, max_length=1000, help_text=_("One a line, as Police: 112. Empty: the other numbers.")
    )

    passes_on_to = forms.ModelMultipleChoiceField(
        Line.objects.order_by("slug"),
        label=capfirst(Line._meta.get_field("passes_on_to").verbose_name),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Its volunteers see the titles of these lines, and that somebody is there. None: only colleagues."),
    )

    class Meta:
        model = Line
        fields = [
            "slug", "team", "titles", "welcome", "danger", "privacy", "when_closed", "when_full", "when_paused",
            "goodbye", "formal_address", "alternatives", "languages", "colour", "hosts", "exit_address", "time_zone",
            "hours", "exceptions", "maximum_waiting", "least_conversations", "most_conversations",
            "rest_minutes", "rest_conversations", "offers_debrief", "retention_minutes", "alias",
            "suggested_aliases", "questions", "risk_answers", "risk_minutes", "survey", "wrap_up", "shows_typing",
            "shows_read", "can_resume", "can_keep_transcript", "can_transfer", "passes_on_to", "passes_history",
            "can_flag", "takes_complaints", "can_exclude", "has_standard_messages",
            "has_live_view", "has_guidance", "can_step_in", "has_feedback", "has_groups", "has_history",
            "has_danger", "danger_steps", "danger_numbers", "has_team_room", "in_common_room",
        ]  # fmt: skip
        help_texts = {
            "team": _(
                "Its volunteers answer here, its supervisors see the course of the conversations; nobody else does."
            ),
            "maximum_waiting": _("Whoever comes when all are taken is told so, and named the other numbers."),
            "least_conversations": _("No volunteer can set themselves fewer."),
            "most_conversations": _("No volunteer can set themselves more."),
            "rest_minutes": _(
                "Hard is what was flagged, was in imminent danger, came with an answer that raises the place in the queue, "
                "or was marked so by its volunteer. 0: no rest. A coordinator may end it earlier."
            ),
            "rest_conversations": _("What a volunteer takes at once in that time; 0: nobody new."),
            "offers_debrief": _("Who says yes is put before those who supervise the line; nobody else sees it."),
            "retention_minutes": _(
                "Then everything of a conversation is erased, for visitors and volunteers alike: 10080 is a week, "
                "43200 the most. Visitors can erase it earlier."
            ),
            "alias": _("Whether visitors are asked what they want to be called."),
            "questions": _(
                "Asked of every visitor before they come into the queue; their volunteer reads the answers."
            ),
            "risk_minutes": _("For whoever gave one of these answers. 0 raises nobody."),
            "survey": _("Visitors may answer these at the end. The answers cannot be led back to a conversation."),
            "wrap_up": _("Volunteers answer these after the end. The answers cannot be led back to a conversation."),
            "shows_typing": _("To both sides; never what is typed."),
            "shows_read": _("To both sides, as two ticks below a message."),
            "can_resume": _("Visitors who lose the connection, or their phone, come back with a few words."),
            "can_keep_transcript": _("Until it is erased; on a device that others use that can be a danger."),
            "can_transfer": _("Only to somebody who agrees; the visitor is told kindly."),
            "passes_history": _("Otherwise the visitor is told that they begin anew."),
            "can_flag": _(
                "Whoever supervises the line sees the flag and follows it up; until then the conversation is kept."
            ),
            "takes_complaints": _(
                "Whoever supervises the line sees it; its volunteer does not. The conversation is kept for it."
            ),
            "can_exclude": _("For an hour, by their network, when a volunteer ends a conversation as abuse."),
            "has_groups": _("Rooms for several visitors at once, planned by whoever supervises the line."),
            "has_standard_messages": _(
                "Volunteers find ready texts by typing / in the box, and can always change them."
            ),
            "has_live_view": _(
                "Visitors are told before they begin, volunteers see who reads along, and the audit keeps it. "
                "Otherwise nobody can."
            ),
            "has_guidance": _("A room of volunteer and coordinator that no visitor ever sees; begun by either."),
            "has_danger": _(
                "It calls the coordinators before all else, and shows the volunteer the checklist and the numbers below."
            ),
            "can_step_in": _("By name, and the visitor is told kindly."),
            "has_history": _("As long as they are kept; each look and each print stands in the audit."),
            "has_feedback": _(
                "Whoever supervises the line writes to a volunteer about a conversation, also with some of its messages; "
                "the two of them alone read it."
            ),
            "has_team_room": _(
                "A room at the chat desk for those who answer here; no visitor ever sees anything of it."
            ),
            "in_common_room": _(
                "One room for the volunteers of all such lines, whatever their team: they see each other's alias there."
            ),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        others = self.fields["passes_on_to"].queryset.exclude(pk=self.instance.pk)
        self.fields["passes_on_to"].queryset = others

    def clean_slug(self):
        """Refuses the one short name whose address is taken."""
        if self.cleaned_data["slug"] == "api":
            raise ValidationError(_("This short name is taken by the house itself."))
        return self.cleaned_data["slug"]

    def clean_suggested_aliases(self):
        names = self.cleaned_data["suggested_aliases"]
        if any(len(name) > ALIAS_LIMIT for own in names.values() for name in own):
            raise ValidationError(_("A name is at most %(limit)d characters long."), params={"limit": ALIAS_LIMIT})
        return names

    def clean(self):
        cleaned = super().clean()
        least, most = cleaned.get("least_conversations"), cleaned.get("most_conversations")
        if least and most and least > most:
            self.add_error("most_conversations", _("The most cannot lie below the least."))
        if "risk_answers" in cleaned:
            try:
                cleaned["risk_answers"] = as_answers(cleaned["risk_answers"], cleaned.get("questions"))
            except ValidationError as error:
                self.add_error("risk_answers", error)
        return cleaned
