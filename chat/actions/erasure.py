"""Forgetting: conversations when they are due or when the visitor says so, with their keys; figures much later."""

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from chat.actions import beside, quotes, rooms
from chat.actions.conversations import AFTERWARDS
from chat.actions.held_out import call_back
from chat.models import (
    AnswerText,
    AuthorKey,
    Conversation,
    ConversationFact,
    Danger,
    DangerStep,
    Event,
    Feedback,
    Flag,
    GivenAnswers,
    Guidance,
    HelpCall,
    Participant,
    Room,
    Transfer,
)
from hotline.lib import ledger
from hotline.lib.keyring import KeyGone, keyring
from hotline.lib.rows import each
from hotline.lib.scrub import scrub
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.alarms import settle_alarm
from hotline.staff.actions.audit import record

BOUND = 500
LEDGER = "conversation"
# Those that their visitor erased: what was copied out of them goes again, too.
LEDGER_OF_VISITORS = "conversation of a visitor"
VISITOR = "visitor"
State = Conversation.State


# What a conversation leaves free.
GONE = (
    Event,
    Transfer,
    Flag,
    Feedback,
    Guidance,
    HelpCall,
    Danger,
    DangerStep,
    AuthorKey,
    Conversation,
    Participant,
    Room,
)
TABLES = [model._meta.db_table for model in GONE]


def erase_for_visitor(conversation):
    """Delete it now, with everything in its room: the visitor's wish wins over whatever holds it."""
    if _erase(conversation, VISITOR, Conversation.objects.all()):
        transaction.on_commit(partial(scrub, *TABLES))


def _erase(conversation, by, among):
    """Delete a conversation with everything in its room, if it is still `among` these; whether this call did it, bool."""
    with transaction.atomic():
        try:
            room = rooms.lock(conversation.room_id)
        except Room.DoesNotExist:
            return False
        if not among.filter(pk=conversation.pk).exists():
            return False
        call_back(conversation)
        if by == VISITOR:
            quotes.drop(conversation)
            transaction.on_commit(partial(ledger.note, LEDGER_OF_VISITORS, conversation.code))
        settle_alarm("volunteer_gone", conversation.code)
        record(None, "conversation.erased", conversation.code, by=by)
        ring(topics.room(room.code))
        ring(topics.queue(conversation.line_id))
        beside.close(conversation)
        Room.objects.filter(guidance__conversation=conversation).delete()
        room.delete()
        transaction.on_commit(partial(ledger.note, LEDGER, conversation.code))
    return True


def erase_again():
    """Delete conversations that the ledger says were erased: a restored backup brought them back. Returns how many."""
    for conversation in ledger.among(LEDGER_OF_VISITORS, Conversation.objects.all()):
        quotes.drop(conversation)
    return each(ledger.among(LEDGER, Conversation.objects.all()), _erase, "restore", Conversation.objects.all())


def erase_due(now):
    """Delete conversations whose time is up at `now` (aware datetime); returns how many."""
    due = Conversation.objects.due(now)
    erased = each(due[:BOUND], _erase, "house", due)
    if erased:
        transaction.on_commit(partial(scrub, *TABLES))
    return erased


def forward_keys(now):
    """Move the keys of rooms that are still open or held forward, so that they live as long as what they cover.

    Returns the number of rooms.
    """
    soonest = (now + timedelta(days=1)).date()
    return each(_outliving(now, soonest), _forward, now)


def _outliving(now, soonest):
    running = Conversation.objects.running().filter(room__key_due__lte=soonest)
    longer = Q(hold_until__gt=now) | Q(flagged_until__gt=now)
    held = Conversation.objects.filter(longer, room__key_due__lte=soonest)
    return list((running | held).select_related("line", "entrance", "room")[:BOUND])


def _forward(conversation, now):
    if keyring().due_day(conversation.kept_until(now)) <= conversation.room.key_due:
        return False
    wrap_keys(conversation, now)
    return True


def wrap_keys(conversation, now):
    """Put the keys of its room under the key of the day until which it is kept, as things stand at `now`."""
    with transaction.atomic():
        room = rooms.lock(conversation.room_id)
        conversation = Conversation.objects.select_related("line", "entrance").get(pk=conversation.pk)
        due = keyring().due_day(conversation.kept_until(now))
        wrap_room(room, due)
        # What was said beside it goes with it, and never later.
        for beside_it in Room.objects.filter(guidance__conversation=conversation):
            wrap_room(beside_it, due)


def wrap_room(room, due):
    """Put the keys of a locked Room under the key of the day `due` (date)."""
    for key in AuthorKey.objects.filter(participant__room=room):
        try:
            key.wrap(key.open(), due)
        except KeyGone:
            continue
        key.save(update_fields=["wrapped_key", "key_due"])
    Room.objects.filter(pk=room.pk).update(key_due=due)


def drop_tokens(now):
    """Forget the tokens of visitors whose conversation ended a while ago, or who came back to it then; returns how many."""
    lapsed = now - AFTERWARDS
    ended = Participant.objects.filter(
        token_hash__isnull=False, room__conversation__ended_at__lt=lapsed, seen_at__lt=lapsed
    )
    return ended.update(token_hash=None)


def drop_old_figures(now):
    """Delete free texts, answers and facts whose time is up; returns how many rows."""
    texts = AnswerText.objects.filter(day__lt=(now - timedelta(days=settings.ANSWER_TEXT_DAYS)).date())
    answers = GivenAnswers.objects.filter(hour__lt=now - timedelta(days=settings.FIGURE_DAYS))
    facts = ConversationFact.objects.filter(hour__lt=now - timedelta(days=settings.FIGURE_DAYS))
    return sum(rows.delete()[0] for rows in (texts, answers, facts))
