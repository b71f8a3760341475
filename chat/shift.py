"""What a volunteer's desk says of themselves: break, end of the shift, what is still open, and talks after hard conversations.

Reads alone.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.actions import debriefs, shifts
from chat.models import Conversation, Duty

Word = Duty.Word
# As whoever takes a break says it; colleagues read the word's own label.
BREAKS = (
    (Word.BREATH.value, gettext_lazy("Catch my breath")),
    (Word.MEAL.value, gettext_lazy("Eat something")),
    (Word.TALK.value, gettext_lazy("Talk with somebody")),
    (Word.SOON.value, gettext_lazy("Away for a moment")),
)
# What was taken since then is of this shift.
SHIFT = timedelta(hours=16)
NIGHT_BEGINS, NIGHT_ENDS = 21, 6


@dataclass
class OpenTalk:
    """A conversation that still runs at the end of a shift. helper: who sees to it (alias), "" while nobody does, None
    while nobody was asked."""

    talk: object
    helper: str | None


@dataclass
class Shift:
    """state: "here", "break", "ending" or "home"; word: what colleagues read of a break."""

    state: str
    word: str = ""
    talks: list = field(default_factory=list)
    # How many ended conversations still lie on the desk.
    unfinished: int = 0
    # Cards of lines that are open, or where somebody waits, with nobody else there.
    alone: list = field(default_factory=list)
    debriefs: list = field(default_factory=list)


def of(user, cards, talks):
    """The Shift of `user`, out of what their desk shows already: LineCards and Talks."""
    state, word = _state([card.duty for card in cards])
    mine = debriefs.of_volunteer(user) if cards else []
    shift = Shift(state, word, debriefs=mine)
    if state == "ending":
        running = [talk for talk in talks if not talk.is_over]
        asked = shifts.asked_for([talk.conversation for talk in running]) if running else {}
        shift.talks = [OpenTalk(talk, asked.get(talk.conversation.code)) for talk in running]
        shift.unfinished = len(talks) - len(running)
        shift.alone = [card for card in cards if _is_alone(card)]
    return shift


def _state(duties):
    words = {duty.away_word if duty.away else None for duty in duties}
    if Word.ENDING in words:
        return "ending", ""
    if not words or None in words:
        return "here", ""
    if words == {Word.HOME}:
        return "home", ""
    return "break", max(duties, key=lambda duty: duty.away_word in Duty.BREAKS).get_away_word_display()


def _is_alone(card):
    # Whoever has no word is there and takes visitors.
    return (card.waiting_count or card.state == "open") and all(duty.away for duty in card.here)


def words_of_goodbye(user, now):
    """The words (list of str) with which `user` goes at `now` (aware datetime): what the day was, without any number."""
    words = []
    if Conversation.objects.filter(volunteer=user, taken_at__gt=now - SHIFT, practice=False).exists():
        words.append(_("Somebody found a person to talk with today, because you were there."))
    else:
        words.append(_("You were there today, for whoever might have needed somebody. That counts."))
    if Duty.objects.filter(user=user, rest_until__gt=now - SHIFT).exists():
        words.append(_("There was a hard one today. It is all right if it stays with you for a while."))
    hour = timezone.localtime(now).hour
    is_night = hour >= NIGHT_BEGINS or hour < NIGHT_ENDS
    words.append(_("It is late. Sleep well.") if is_night else _("Have a good rest of the day."))
    return words
