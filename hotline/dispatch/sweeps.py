"""What is due in dispatch. Each sweep looks for rows that are due, so a killed worker loses nothing."""

from functools import partial

from django.db import transaction

from hotline.dispatch.actions import (
    crawled,
    digests,
    duplicates,
    ended_chats,
    erasure,
    links,
    silence,
    tallies,
    waves,
    webhook_answers,
    withdrawal,
)
from hotline.dispatch.models import HelpRequest, OfferQuestion, RequestNote
from hotline.lib.rows import each
from hotline.lib.scrub import scrub

# Rows a sweep takes at once; the rest waits for the next round, a few seconds later.
BATCH = 200
# Chats that are emptied in one round, each with many messages.
SOME = 5
# Tables whose sealed contents are erased before their rows.
SEALED = [model._meta.db_table for model in (HelpRequest, OfferQuestion, RequestNote)]


def _each(rows, act, now):
    return each(rows[:BATCH], act, now)


def send_waves(now):
    """Start the next waves."""
    return _each(waves.due(now), waves.start_next, now)


def nudge_silent(now):
    """Ask winners of whom nothing was heard."""
    return _each(silence.to_nudge(now), silence.nudge, now)


def ask_cut_off(now):
    """Ask winners another way whose own is broken."""
    return _each(silence.cut_off(), silence.ask_another_way, now)


def hand_back_silent(now):
    """Take back from winners who stayed silent after that."""
    return _each(silence.to_hand_back(now), silence.hand_back_silent, now)


def carry_out_answers(now):
    """Do what coordinators' systems said, where the process died over it; forget what is long done."""
    return _each(webhook_answers.waiting(now), webhook_answers.carry_out, now) + webhook_answers.drop_old(now)


def pass_on_undelivered(now, among=None):
    """Send offers that did not arrive another way. among: only these Offers (QuerySet)."""
    return _each(_only(withdrawal.undelivered(now), among), withdrawal.pass_on, now)


def take_misplaced(now, among=None):
    """Take offers back from suspended coordinators and from people who left. among: only these Offers (QuerySet)."""
    return _each(_only(withdrawal.misplaced(now), among), withdrawal.take_from, now)


def _only(rows, among):
    return rows if among is None else rows.filter(pk__in=among)


def empty_ended(now):
    """Go on emptying what stands in chats whose use was ended."""
    return sum(ended_chats.go_on(endpoint) for endpoint in ended_chats.still_to_empty()[:SOME])


def send_digests(now):
    """Announce gathered offers."""
    return _each(digests.waiting(now), digests.send, now)


def warn_before_erasure(now):
    """Ask the desk before an open request runs out."""
    return _each(erasure.soon_due(now), erasure.ask_before_erasure, now)


def ask_what_is_needed(now):
    """Ask the desk whether calls for help found in writing are still needed."""
    return _each(crawled.to_ask(now), crawled.ask, now)


def call_for_looks(now):
    """Ring for calls for help found in writing that wait for somebody to ring back or to look."""
    return _each(crawled.waiting_long(now), crawled.call_for_a_look, now)


def forget_marks(now):
    """Delete the marks of requests that may come twice, once their key is gone."""
    return duplicates.drop_old(now)


def erase_due(now):
    """Erase contact and text that are due, and rows and links that are old."""
    erased = _each(erasure.due(now), erasure.erase, now)
    if erased:
        transaction.on_commit(partial(scrub, *SEALED))
    return erased + erasure.drop_old(now) + links.drop_expired(now)


def fold_tallies(now):
    """Add up what was counted lately, and forget figures that are old."""
    return tallies.fold(now) + tallies.drop_old(now)
