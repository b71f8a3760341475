"""Forgetting on time: what was promised is gone, and stays gone from an older copy of the database."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hotline.dispatch import sweeps
from hotline.dispatch.actions import contacts, notes, offers, questions, work
from hotline.dispatch.errors import TextAltered
from hotline.dispatch.models import HelpRequest, OfferQuestion, RequestNote
from hotline.lib.keyring import KeyGone, keyring
from hotline.staff.models import Alarm
from tests.support.registry import offer_of, voice_of


@pytest.fixture
def one(registry):
    return registry.coordinator((registry.food, registry.kharkiv))


def test_contact_and_text_go_after_the_outcome(registry, vera_takes, cast, one):
    help_request = vera_takes(registry.food, registry.kharkiv)
    notes.add_note(cast.vera, help_request, "They moved to the school.")
    questions.ask(voice_of(one), offer_of(help_request, one), "how_many")
    offers.accept(voice_of(one), offer_of(help_request, one))
    work.finish(voice_of(one), offer_of(help_request, one), "helped")
    assert sweeps.erase_due(timezone.now() + timedelta(hours=23)) == 0
    assert sweeps.erase_due(timezone.now() + timedelta(hours=25)) == 1
    help_request.refresh_from_db()
    assert help_request.state == HelpRequest.State.DONE
    assert (help_request.wrapped_key, help_request.sealed_contact, help_request.sealed_details) == (None, None, None)
    assert help_request.spoken_code_hash is None
    assert not RequestNote.objects.exists() and not OfferQuestion.objects.exists()
    with pytest.raises(KeyGone):
        help_request.contact()


def test_an_open_request_asks_the_desk_first_and_then_runs_out(registry, vera_takes, one):
    help_request = vera_takes(registry.food, registry.kharkiv)
    day = timedelta(days=1)
    assert sweeps.warn_before_erasure(help_request.created_at + 5 * day) == 0
    assert sweeps.warn_before_erasure(help_request.created_at + 6 * day + timedelta(hours=1)) == 1
    assert sweeps.warn_before_erasure(help_request.created_at + 6 * day + timedelta(hours=2)) == 0
    assert Alarm.objects.filter(kind="running_out", subject=help_request.code).exists()
    sweeps.erase_due(help_request.created_at + 7 * day + timedelta(hours=1))
    help_request.refresh_from_db(), one.refresh_from_db()
    assert help_request.state == HelpRequest.State.EXPIRED
    assert offer_of(help_request, one).state == "withdrawn"
    assert not Alarm.objects.open().filter(subject=help_request.code).exists()


def test_rows_go_after_the_setting(registry, vera_takes, one, settings):
    help_request = vera_takes(registry.food, registry.kharkiv)
    ended = help_request.created_at + timedelta(days=8)
    sweeps.erase_due(ended)
    sweeps.erase_due(ended + timedelta(days=settings.REQUEST_DAYS - 1))
    assert HelpRequest.objects.filter(pk=help_request.pk).exists()
    sweeps.erase_due(ended + timedelta(days=settings.REQUEST_DAYS + 1))
    assert not HelpRequest.objects.filter(pk=help_request.pk).exists()


def test_an_older_copy_of_the_row_opens_no_more_once_its_day_key_is_gone(own_keyring, registry, cast, one):
    help_request = registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv)
    older_copy = HelpRequest.objects.get(pk=help_request.pk)
    assert older_copy.contact()["phone"]
    keyring().destroy_due(help_request.created_at + timedelta(days=9))
    with pytest.raises(KeyGone):
        older_copy.contact()


def test_what_was_altered_is_not_called_erased(own_keyring, registry, vera_takes, cast, caplog, as_person):
    help_request = vera_takes(registry.food, registry.kharkiv)
    altered = bytes(help_request.wrapped_key)
    HelpRequest.objects.update(
        wrapped_key=altered[:-1] + bytes([altered[-1] ^ 1]), state="unanswered", next_wave_at=None
    )
    help_request.refresh_from_db()
    with pytest.raises(TextAltered, match="do not open, though they are not erased yet"):
        contacts.open_at_desk(cast.vera, help_request, "to ring back")
    assert f"{help_request.code}:wrapped_key does not open, though its key is there" in caplog.text
    # The pages stay as kind as for what was erased.
    page = as_person(cast.vera).get("/desk/requests/")
    assert page.status_code == 200 and help_request.code in page.text


def test_one_erasure_that_fails_does_not_hold_up_the_others(registry, vera_takes, one, monkeypatch):
    first, second = (vera_takes(registry.food, registry.kharkiv) for _number in range(2))
    due = first.created_at + timedelta(days=8)
    real = sweeps.erasure.erase

    def erase(help_request, now):
        if help_request.pk == first.pk:
            raise OSError("disk")
        return real(help_request, now)

    monkeypatch.setattr(sweeps.erasure, "erase", erase)
    assert sweeps.erase_due(due) == 1
    second.refresh_from_db()
    assert not second.is_sealed
