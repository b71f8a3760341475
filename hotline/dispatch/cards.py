"""What a card of the desk says about a help request: never by whom it was accepted."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Case, Exists, OuterRef, Q, When
from django.utils.functional import cached_property

from coordinators.models.place import UP
from hotline.dispatch.actions.contacts import may_open_at_desk
from hotline.dispatch.actions.questions import shown
from hotline.dispatch.models import HelpRequest, Offer, OfferQuestion
from hotline.lib.keyring import KeyGone
from hotline.lib.spoken import spelled

State = HelpRequest.State
MOST_CARDS = 60
# Finished ones stay on the desk this long, so that the next shift sees what became of them.
FINISHED_SHOWN = timedelta(hours=12)
TAGS = {
    State.HELD: "waiting",
    State.OFFERING: "accent",
    State.UNANSWERED: "waiting",
    State.ACCEPTED: "good",
    State.EXPIRED: "waiting",
}


class Card:
    """One help request as the desk shows it."""

    def __init__(self, help_request):
        self.request = help_request
        self.offers = [offer for offer in help_request.offers.all() if offer.round == help_request.round]

    @property
    def tag(self):
        """Tone of the word for its state."""
        return "urgent" if self._is_burning else TAGS.get(self.request.state, "")

    @property
    def tone(self):
        """Tone of the whole card: only what burns or needs somebody stands out."""
        return "waiting" if self.needs_you else "urgent" if self._is_burning else ""

    @property
    def _is_burning(self):
        return self.request.urgency == "urgent" and self.request.state == State.OFFERING

    @cached_property
    def place(self):
        return self.request.place.label()

    @cached_property
    def barrier(self):
        """The place on the way that cannot be reached, or None."""
        return self.request.place.barrier()

    @property
    def offered(self):
        return len(self.offers)

    @property
    def declined(self):
        return sum(offer.state == Offer.State.DECLINED for offer in self.offers)

    @property
    def silent(self):
        """Asked in an earlier wave, and not a word since."""
        return sum(offer.state == Offer.State.OFFERED and offer.silence_counted for offer in self.offers)

    @property
    def decline_reasons(self):
        """[(reason in words, how many)], most first."""
        counts = Counter(
            offer.get_decline_reason_display()
            for offer in self.offers
            if offer.state == Offer.State.DECLINED and offer.decline_reason
        )
        return counts.most_common()

    @property
    def accepted_after(self):
        """timedelta from taking the call to the acceptance, or None."""
        winner = next((o for o in self.offers if o.state in (Offer.State.ACCEPTED, Offer.State.FINISHED)), None)
        return winner and winner.answered_at - self.request.created_at

    @property
    def accepted_after_words(self):
        """As a clock shows it: "2:14" for minutes and seconds, "1:02:14" with hours."""
        minutes, seconds = divmod(int(self.accepted_after.total_seconds()), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"

    @property
    def contact_opened(self):
        return any(o.contact_opened_at for o in self.offers if o.state == Offer.State.ACCEPTED)

    @cached_property
    def told(self):
        """What the caller was told, as HelpRequest.details() has it, {} once erased."""
        try:
            return self.request.details() if self.request.is_sealed else {}
        except KeyGone:
            return {}

    @property
    def spoken_code(self):
        """The words of the caller's code, with spaces between, or "" once erased."""
        return self.told.get("spoken_code", "").replace("-", " ")

    @property
    def spelled(self):
        """Each word of the code with how it is spelled: [(word, [(letter, word that stands for it)])]."""
        language = self.told["code_language"]
        return [(word, spelled(word, language)) for word in self.spoken_code.split()]

    @property
    def pass_words(self):
        """(what the helper says, what the caller answers)"""
        return self.told["pass_words"]

    @property
    def has_new_pass_words(self):
        """Whether the caller has to be told a new pair."""
        return self.is_open and not self.told.get("pass_words_told", True)

    @cached_property
    def questions(self):
        """[(OfferQuestion, its words)] that wait for an answer."""
        found = []
        for offer in self.offers:
            for question in offer.questions.all():
                if question.answered_at is None and self.request.state in HelpRequest.TAKEABLE:
                    question.offer = offer
                    offer.help_request = self.request
                    found.append((question, shown(question)))
        return found

    @property
    def is_open(self):
        return self.request.state in HelpRequest.OPEN

    @property
    def may_ring_back(self):
        return may_open_at_desk(self.request)

    @property
    def may_offer_again(self):
        return self.request.is_sealed and self.request.state in (State.UNANSWERED, State.CANCELLED, State.DONE)

    @property
    def waits_for_a_look(self):
        """Whether somebody has to ring back first, or a second person to look at it, before anybody goes on with it."""
        return self.request.waits_for_a_look

    @property
    def asks_if_needed(self):
        """Whether it was found in writing some time ago, and the desk is asked if it is still needed."""
        return self.is_open and self.request.needed_asked_at is not None

    @property
    def runs_out(self):
        """Whether the desk was asked if it is still needed."""
        return self.is_open and self.request.erasure_asked_at is not None

    @property
    def needs_you(self):
        """Whether somebody at the desk must do something."""
        return (
            self.request.state == State.UNANSWERED
            or self.waits_for_a_look
            or bool(self.questions)
            or self.runs_out
            or self.asks_if_needed
            or self.has_new_pass_words
        )


def with_cards(help_requests):
    """The rows (QuerySet) with everything a Card asks, in a fixed number of queries."""
    related = help_requests.select_related("category", "team", f"place__{UP[-1]}")
    return related.prefetch_related("offers__questions")


@dataclass(frozen=True)
class Shown:
    """What the desk lists. found: whether the first card is the one that was looked for; hidden_count: open ones left out."""

    cards: list[Card]
    open_count: int
    hidden_count: int
    found: bool


def of_team(help_requests, now, *, first=None):
    """The open requests as cards, those that need somebody first, then those that ended lately; at most MOST_CARDS.

    help_requests: what the reader may see (QuerySet); now: aware datetime; first: one of them that stands on top whatever
    its state, or None. Returns Shown.
    """
    still_open = help_requests.open()
    open_ones = list(with_cards(_needing_first(still_open))[:MOST_CARDS])
    open_count, ended = len(open_ones), []
    if open_count == MOST_CARDS:
        open_count = still_open.count()
    else:
        ended = with_cards(
            help_requests.exclude(state__in=HelpRequest.OPEN).filter(state_since__gte=now - FINISHED_SHOWN)
        ).order_by("-state_since")[: MOST_CARDS - open_count]
    shown = [Card(help_request) for help_request in [*open_ones, *ended]]
    if first is not None:
        on_top = with_cards(help_requests.filter(pk=first.pk))
        shown = [*map(Card, on_top), *(card for card in shown if card.request.pk != first.pk)]
    return Shown(shown, open_count, open_count - len(open_ones), first is not None)


def needs_somebody():
    """What open requests somebody at the desk has to see to, as a Q: nobody took it, it waits for a look or for an answer."""
    asked = OfferQuestion.objects.filter(
        offer__help_request=OuterRef("pk"), offer__round=OuterRef("round"), answered_at=None
    )
    waits = Q(state__in=[State.HELD, State.UNANSWERED]) | Q(state=State.ACCEPTED, look_due=True)
    waits |= Q(erasure_asked_at__isnull=False) | Q(needed_asked_at__isnull=False)
    return waits | (Q(state=State.OFFERING) & Exists(asked))


def _needing_first(open_ones):
    """The QuerySet in the order of the desk: what needs somebody, then what is on its way, then what is in good hands."""
    return open_ones.alias(
        turn=Case(
            When(needs_somebody(), then=0),
            When(state=State.OFFERING, urgency="urgent", then=1),
            When(state=State.OFFERING, then=2),
            default=3,
        )
    ).order_by("turn", "-created_at")
