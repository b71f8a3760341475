"""The intake form: one caller, one contact, one or more needs."""

import re
import uuid
from dataclasses import replace

from django.utils.translation import get_language

from hotline.dispatch.actions.crawled import check_may_go_out, check_reads_channels
from hotline.dispatch.errors import NotSpokenTo, TakesCallsOnly
from hotline.lib.languages import LANGUAGES

from .contact import ContactForm, read_phone
from .needs import Need
from .post import PostForm

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
        # For a call, somebody has spoken to the person; who reads posts has not.
        only_reads = bool(teams) and all(team.crawls for team in teams)
        self.contact = ContactForm(data, quiet=quiet, initial={"spoken_to": not only_reads})
        # Also where a box for posts stood when this was typed: what was written into it is neither lost nor taken as a call.
        written = any((data or {}).get(name) for name in PostForm.base_fields)
        self.post = PostForm(data, quiet=quiet) if self.reads_posts or written else None
        if data and data.get("source") and not data.get("spoken_to"):
            # A post says what it says; nobody could be asked.
            for need in self.needs:
                need.answers.let_open(need.answers.fields)
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
    def reads_posts(self):
        """Whether one of the teams reads other channels."""
        return any(team.crawls for team in self.teams)

    @property
    def next_number(self):
        return max(need.number for need in self.needs) + 1

    def is_valid(self):
        own = [self.post] if self.post else []
        parts = [*own, self.contact, *self.needs]
        fits = all([*[part.is_valid() for part in parts], self.team is not None])
        return fits and self._reads_channels() and self._may_go_out()

    @property
    def source(self):
        """Where it was found in writing, "" for a call; call after is_valid()."""
        return self.post.cleaned_data["source"] if self.post else ""

    @property
    def link(self):
        """The address of the post, or ""; call after is_valid()."""
        return self.post.cleaned_data["link"] if self.post else ""

    def choices(self):
        """For each need what the operator said of its twins (Choice, or None)."""
        return [need.choice() for need in self.needs]

    def show_twins(self, found):
        """Let the form ask which of these it is. found: {position of the need: open requests}."""
        for position, twins in found.items():
            self.needs[position].twins = twins

    def _reads_channels(self):
        """Whether the team may take what was found in writing; else it is said at the box."""
        try:
            check_reads_channels(self.team, self.source, self.link)
        except TakesCallsOnly as refused:
            self.post.add_error("source", str(refused))
            return False
        return True

    def _may_go_out(self):
        """Whether somebody has spoken to the person, where a kind of help asks for that; else it is said at the box."""
        try:
            for need in self.needs:
                check_may_go_out(need.category, self.contact.cleaned_data["spoken_to"], self.source)
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
        needs = [need.written(cleaned) for need in self.needs]
        if self.source:
            # Out of one post: what it says belongs to each of them.
            needs = [replace(one, note=one.note or needs[0].note) for one in needs]
        return needs, contact, hint

    def code_language(self):
        """The language of the spoken code: the desk's where the caller speaks it, else the first of theirs with words."""
        desk = get_language() or "en"
        spoken = [code for code in self.contact.cleaned_data["languages"] if code in dict(LANGUAGES)]
        return desk if desk in spoken or not spoken else spoken[0]
