"""What became of my request: by the spoken words, on a page of its own and at the desk of whatever team somebody rings."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hotline.dispatch.actions import erasure, offers, status, work
from hotline.dispatch.actions.requests import not_needed
from hotline.dispatch.models import HelpRequest, Offer
from hotline.dispatch.timeline import of_request
from hotline.lib.errors import Refused
from hotline.outbox.models import Message
from hotline.staff.actions.freeze import freeze
from hotline.staff.models import Alarm, AuditEntry, Freeze
from tests.support.leaks import Cached, Rows, Text
from tests.support.registry import CONTACT, offer_of, voice_of

State = HelpRequest.State
UNKNOWN = "No request has these words."


def words_of(help_request):
    return help_request.details()["spoken_code"].replace("-", " ")


def ask(client, words, where="status"):
    return client.post(reverse(f"dispatch:{where}"), {"words": words})


@pytest.fixture
def offered(helper, registry, vera_takes):
    return vera_takes(registry.food, registry.kharkiv)


@pytest.fixture
def accepted(offered, helper):
    offers.accept(voice_of(helper), offer_of(offered, helper))
    return HelpRequest.objects.get()


def now(help_request):
    return HelpRequest.objects.get(pk=help_request.pk)


def test_the_page_asks_for_the_words_and_for_nothing_else(client, settings):
    settings.HOTLINE_NUMBER = "+49 800 1234567"
    page = client.get("/status/")
    assert page.status_code == 200 and 'name="words"' in page.text and "tel:+498001234567" in page.text
    assert page["X-Robots-Tag"] == "noindex, nofollow" and page["Cache-Control"] == "no-store"


def test_every_state_is_said_in_plain_words(client, offered, helper, time_machine):
    words = words_of(offered)
    assert "We are looking for somebody" in ask(client, words).text
    HelpRequest.objects.update(state=State.UNANSWERED, next_wave_at=None)
    assert "Nobody has been found yet" in ask(client, words).text
    offers.accept(voice_of(helper), offer_of(offered, helper))
    assert "Somebody has taken it on" in (page := ask(client, words).text) and "less than an hour ago" in page
    began = timezone.now()
    for hours, said in ((1, "That was 1 hour ago."), (23, "That was 23 hours ago."), (50, "That was 2 days ago.")):
        time_machine.move_to(began + timedelta(hours=hours, minutes=1), tick=False)
        assert said in ask(client, words).text
    work.finish(voice_of(helper), Offer.objects.get(), "helped")
    done = ask(client, words).text
    assert "It is done" in done and "no longer need it" not in done
    HelpRequest.objects.update(state=State.CANCELLED, outcome="")
    assert "It was taken back" in ask(client, words).text


@pytest.mark.parametrize(
    ("outcome", "title", "words"),
    [
        ("helped", "It is done", "Whoever took it on has said so"),
        ("partly", "Done in part", "If you need the rest, ring our number"),
        ("not_reached", "They did not reach you", "ring our number and say when and how you are reached"),
        ("not_needed", "It is closed", "has said that you need it no longer"),
    ],
)
def test_the_end_is_said_as_it_was_and_what_one_can_do(client, accepted, helper, outcome, title, words):
    spoken = words_of(accepted)
    work.finish(voice_of(helper), Offer.objects.get(), outcome)
    page = ask(client, spoken).text
    assert title in page and words in page and ("It is done" in page) == (outcome == "helped")
    assert "no longer need it" not in page


@pytest.mark.parametrize(
    "spell",
    [
        str.upper,
        lambda words: words.replace(" ", "-"),
        lambda words: words.replace(" ", ""),
        lambda words: f"  {words}. ",
    ],
)
def test_the_words_may_be_written_in_many_ways(client, offered, spell):
    assert "We are looking for somebody" in ask(client, spell(words_of(offered))).text


def test_a_near_miss_finds_nothing_and_is_given_nothing(client, offered):
    first, second, third = words_of(offered).split()
    for wrong in (
        f"{first} {second}",
        f"{second} {first} {third}",
        f"{first} {second} {third}s",
        f"{first} {second} {third[:-1]}",
    ):
        page = ask(client, wrong)
        assert page.status_code == 404 and UNKNOWN in page.text
        # a picture may hold a word such as "circle"
        assert third not in re.sub(r"<svg.*?</svg>", "", page.text, flags=re.DOTALL).replace(wrong, "")
        assert f'value="{wrong}"' in page.text


def test_what_is_forgotten_is_as_what_never_was(client, offered, query_count):
    words = words_of(offered)
    never = query_count(lambda: ask(client, words + "x"))
    HelpRequest.objects.update(erase_at=timezone.now())
    erasure.erase(HelpRequest.objects.get(), timezone.now())
    answers = [ask(client, one) for one in (words, "never there ever")]
    assert [one.status_code for one in answers] == [404, 404]
    assert query_count(lambda: ask(client, words)) == never


@pytest.mark.parametrize("nothing", ["", "   ", "\x00"])
def test_without_words_the_page_says_so(client, db, nothing):
    page = ask(client, nothing)
    assert page.status_code in (404, 422) and "<h1" in page.text


def test_nothing_but_the_state_is_told(client, registry, cast, accepted):
    page = ask(client, words_of(accepted)).text
    for told in (
        accepted.code,
        "Food",
        "Kharkiv",
        "Харків",
        cast.phone.name,
        CONTACT["name"],
        "Helping hands",
        "today",
    ):
        assert told not in page


def test_no_address_asks_for_it(client, offered):
    page = client.get("/status/", {"words": words_of(offered)})
    assert "We are looking" not in page.text
    assert client.get("/status/no-longer-needed/").status_code == 405


def test_a_form_of_another_website_asks_nothing(offered):
    assert ask(Client(enforce_csrf_checks=True), words_of(offered)).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_the_words_stand_nowhere(client, registry, cast, helper, marked, printed):
    help_request = registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv)
    words = words_of(help_request)
    ask(client, words)
    ask(client, f"{words} wrong")
    ask(client, words, "status-withdraw")
    for text in (words, words.replace(" ", "-"), words.replace(" ", "")):
        mark = marked(text)
        mark.assert_absent(Rows())
        mark.assert_absent(Cached())
        mark.assert_absent(Text(printed.getvalue()))


def test_it_is_no_longer_needed(client, offered, helper):
    page = ask(client, words_of(offered), "status-withdraw")
    assert "Everybody concerned is told" in page.text and "It was taken back" in page.text
    assert now(offered).state == State.CANCELLED
    assert Offer.objects.get().state == Offer.State.WITHDRAWN
    entry = AuditEntry.objects.get(action="help_request.not_needed")
    assert (entry.subject, entry.actor) == (offered.code, None)
    again = ask(client, words_of(offered), "status-withdraw")
    assert again.status_code == 200 and "It was taken back" in again.text
    assert AuditEntry.objects.filter(action="help_request.not_needed").count() == 1


def test_whoever_has_accepted_is_told_in_a_message_of_its_own(client, accepted, helper):
    ask(client, words_of(accepted), "status-withdraw")
    helper.refresh_from_db()
    assert helper.open_requests == 0
    told = Message.objects.get(key=f"offer:{Offer.objects.get().pk}:not-needed")
    assert "No longer needed" in told.content()["text"] and told.content()["buttons"] == []
    assert told.address() == helper.endpoints.get().address


def test_what_ended_otherwise_stays_as_it_is(client, accepted, helper):
    work.finish(voice_of(helper), Offer.objects.get(), "helped")
    page = ask(client, words_of(accepted), "status-withdraw")
    assert page.status_code == 409 and now(accepted).state == State.DONE


def test_while_the_house_stands_still_nothing_is_said(client, offered):
    words = words_of(offered)
    freeze(None, "", Freeze.Way.COMMAND)
    for where in ("status", "status-withdraw"):
        page = ask(client, words, where)
        assert page.status_code == 409 and "The house stands still" in page.text


def test_guessing_is_slowed_for_a_network_and_the_words_stay(client, settings, offered, cache_in_memory):
    settings.LIMITS = settings.LIMITS | {"status": [(3, 300)]}
    for _ in range(3):
        assert ask(client, "never there ever").status_code == 404
    slowed = ask(client, words_of(offered))
    assert slowed.status_code == 429 and int(slowed["Retry-After"]) > 200
    assert f'value="{words_of(offered)}"' in slowed.text and "We are looking" not in slowed.text
    elsewhere = client.post("/status/", {"words": words_of(offered)}, REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 200


def test_guessing_from_everywhere_is_slowed_too(client, settings, offered, cache_in_memory):
    settings.LIMITS = settings.LIMITS | {"status-anywhere": [(4, 3600)]}
    tries = [client.post("/status/", {"words": "a b c"}, REMOTE_ADDR=f"198.51.{number}.1") for number in range(5)]
    assert [one.status_code for one in tries] == [404] * 4 + [429]


def test_however_many_have_the_right_words_nobody_is_shut_out(client, settings, offered, cache_in_memory):
    settings.LIMITS = settings.LIMITS | {"status-anywhere": [(4, 3600), (4, 60)]}
    networks = (f"198.51.{number}.1" for number in range(100))

    def tried(words, where="status"):
        answer = client.post(reverse(f"dispatch:{where}"), {"words": words}, REMOTE_ADDR=next(networks))
        return answer.status_code

    words = words_of(offered)
    assert {tried(words) for _ in range(20)} == {200}
    assert tried(words, "status-withdraw") == 200
    # Wrong ones between them are counted, and then even right ones wait: else a guesser would be told by them.
    assert [tried("a b c"), tried(words), tried("a b c"), tried("a b c"), tried(words), tried("a b c")] == [
        404, 200, 404, 404, 200, 404,
    ]  # fmt: skip
    assert tried(words) == tried("a b c") == 429


def test_words_that_nobody_could_look_up_are_not_counted(client, settings, offered, cache_in_memory):
    settings.LIMITS = settings.LIMITS | {"status-anywhere": [(2, 3600)]}
    freeze(None, "", Freeze.Way.COMMAND)
    assert {ask(client, "never there ever").status_code for _ in range(4)} == {409}


def test_many_wrong_words_ring_one_alarm(client, settings, cast, as_person, offered, cache_in_memory):
    settings.LIMITS = settings.LIMITS | {"status-wrong": [(3, 3600)]}
    for _ in range(3):
        ask(client, "never there ever")
        ask(client, words_of(offered))
    assert not Alarm.objects.filter(kind="code_guessing").exists()
    for _ in range(3):
        ask(client, "never there ever")
    alarm = Alarm.objects.get(kind="code_guessing")
    assert alarm.team is None and "guessing" in alarm.words()
    Alarm.objects.update(acknowledged_at=timezone.now())
    ask(client, "never there ever")
    assert Alarm.objects.filter(kind="code_guessing").count() == 1


# At the desk


@pytest.fixture
def viktor(as_person, cast):
    """Viktor's browser: another team's."""
    return as_person(cast.viktor)


def test_the_desk_of_another_team_learns_the_state_alone(viktor, offered, cast):
    page = ask(viktor, words_of(offered), "find").text
    assert "Another team has it" in page and "We are looking for somebody" in page
    for told in (offered.code, "Food", "Харків", cast.phone.name):
        assert told not in page
    entry = AuditEntry.objects.get(action="help_request.asked_after")
    assert (entry.subject, entry.actor) == (offered.code, cast.viktor)


def test_the_desk_of_the_team_itself_gets_the_card(vera, offered):
    page = ask(vera, words_of(offered), "find").text
    assert "This is the one the caller named." in page and "Another team" not in page
    assert not AuditEntry.objects.filter(action="help_request.asked_after").exists()


def test_any_desk_may_take_down_that_it_is_no_longer_needed(viktor, offered, cast):
    page = ask(viktor, words_of(offered), "not-needed").text
    assert "everybody concerned is told" in page
    assert now(offered).state == State.CANCELLED
    assert AuditEntry.objects.get(action="help_request.not_needed").actor == cast.viktor
    assert "Viktor" not in str(of_request(offered))


def test_wrong_words_are_said_once_and_on_no_card(vera, offered):
    assert ask(vera, "never there ever", "find").text.count(UNKNOWN) == 1


def test_a_desk_that_guesses_is_slowed(viktor, settings, offered, cache_in_memory):
    settings.LIMITS = settings.LIMITS | {"status-desk": [(2, 300)]}
    for _ in range(2):
        assert UNKNOWN in ask(viktor, "never there ever", "find").text
    slowed = ask(viktor, words_of(offered), "find").text
    assert "Too many tries" in slowed and "We are looking" not in slowed


@pytest.mark.parametrize("name", ["outsider", "ada"])
def test_who_takes_no_requests_asks_no_desk(as_person, cast, offered, name):
    person = cast.ada if name == "ada" else cast.person(name)
    for where in ("find", "not-needed"):
        assert ask(as_person(person), words_of(offered), where).status_code == 403
    with pytest.raises(Refused):
        status.look(words_of(offered), actor=person)


# Races


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(6))
def test_accepted_and_taken_back_in_the_same_instant(cast, registry, quiet_connections, turn):
    helper = registry.coordinator((registry.food, registry.kharkiv))
    help_request = registry.take(cast.vera, cast.phone, registry.food, registry.kharkiv)
    offer, refused, together = offer_of(help_request, helper), [], threading.Barrier(2)

    def run(act):
        with quiet_connections():
            together.wait()
            try:
                act()
            except Refused as error:
                refused.append(error.code)

    acts = [lambda: offers.accept(voice_of(helper), offer), lambda: not_needed(help_request)]
    threads = [threading.Thread(target=run, args=[act]) for act in (acts if turn % 2 else acts[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connection.close()
    assert now(help_request).state == State.CANCELLED
    assert Offer.objects.get().state == Offer.State.WITHDRAWN
    helper.refresh_from_db()
    assert helper.open_requests == 0
    was_held = not refused
    assert refused in ([], ["no_longer_offered"])
    assert Message.objects.filter(key__endswith=":not-needed").exists() == was_held
