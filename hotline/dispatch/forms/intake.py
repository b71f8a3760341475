"""The intake form: one caller, one contact, one or more needs."""

import re
import uuid

from django.utils.translation import get_language

from hotline.dispatch.actions.requests import check_may_go_out
from hotline.dispatch.errors import NotSpokenTo
from hotline.lib.languages import LANGUAGES

from .contact import ContactForm, read_phone
from .needs import Need

MOST_NEEDS = 6


class Intake:
    """The whole form: needs, contact, team and the id that makes a double submit harmless.

    teams: those that the operator may take requests for (list of Team). `team` is the chosen one, or None when the choice
    is none of them.
    """

    def __init__(self, teams, data=None, quiet=False):
        data = data or None
        self.teams = teams
        self.data = data
        numbers = [int(number) for number in (data.getlist("need") if data else []) if re.fullmatch(r"\d{1,4}", number)]
        numbers = list(dict.fromkeys(numbers))[:MOST_NEEDS] or [0]
        self.needs = [Need(number, data, quiet) for number in numbers]
        self.contact = ContactForm(data, quiet=quiet)
        self.team = self._team()
        self.submission = self._submission()

    def _team(self):
        chosen = (self.data or {}).get("team", "")
        if chosen:
            return next((team for team in self.teams if str(team.pk) == chosen), None)
        return self.teams[0] if self.teams else None

    def _submission(self):
        try:
            return uuid.UUID((self.data or {}).get("submission", ""))
        except ValueError:
            return uuid.uuid4()

    @property
    def next_number(self):
        return max(need.number for need in self.needs) + 1

    def is_valid(self):
        fits = all([self.contact.is_valid(), *[need.is_valid() for need in self.needs], self.team is not None])
        return fits and self._may_go_out()

    def _may_go_out(self):
        """Whether somebody has spoken to the person, where a kind of help asks for that; else it is said at the box."""
        try:
            for need in self.needs:
                check_may_go_out(need.category, self.contact.cleaned_data["spoken_to"])
        except NotSpokenTo as refused:
            self.contact.add_error("spoken_to", str(refused))
            return False
        return True

    def taken(self):
        """(needs, contact, hint) for `actions.requests.submit`; hint: a sentence about the phone number, or ""."""
        cleaned = self.contact.cleaned_data
        country = self.needs[0].form.cleaned_data["place"].country
        phone, hint = read_phone(cleaned["phone"], country)
        contact = {
            "phone": phone,
            **{name: cleaned[name] for name in ("other", "name", "address", "safe_time", "safe_words", "consent")},
        }
        return [need.written(cleaned) for need in self.needs], contact, hint

    def code_language(self):
        """The language of the spoken code: the desk's where the caller speaks it, else the first of theirs with words."""
        desk = get_language() or "en"
        spoken = [code for code in self.contact.cleaned_data["languages"] if code in dict(LANGUAGES)]
        return desk if desk in spoken or not spoken else spoken[0]
