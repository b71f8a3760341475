"""Suggestions: a volunteer lays a standard message before those who supervise a line, who answer kindly, and once."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from chat.actions import standard_messages, suggestions
from chat.actions.standard_messages import Changed, CodeTaken, TooMany
from chat.actions.suggestions import AlreadySuggested, TooManySuggested, WordsMissing
from chat.models import Line, StandardMessage
from hotline.staff.actions.people import forget
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.chat.test_queue import race
from tests.chat.test_standard_messages import OWN, offered, write

pytestmark = pytest.mark.django_db

State = StandardMessage.State


@pytest.fixture
def own(cast):
    return write("hello", person=cast.vera, text="Hello {alias}, it is Vera's text")


@pytest.fixture
def suggestion(cast, line, own):
    return suggestions.suggest(cast.vera, own, line)


def press(client, message, name, **said):
    return client.post(reverse("admin:chat_standardmessage_button", args=[message.pk, name]), said)


def test_a_volunteer_suggests_and_reads_what_became_of_it(cast, as_person, line, own):
    vera = as_person(cast.vera)
    suggest = reverse("chat:standard-message-suggest", args=[own.code])
    page = vera.post(suggest, {"line": line.slug}, follow=True).content.decode()
    assert "waits for an answer" in page
    made = StandardMessage.objects.get(owner="line")
    assert (made.line, made.suggested_by, made.state, made.texts) == (line, cast.vera, "suggested", own.texts)
    assert offered(as_person(cast.alice), line).json()["messages"] == []
    assert press(as_person(cast.cora), made, "accept", words="Lovely, thank you!").status_code == 302
    page = vera.get(OWN).content.decode()
    assert "Lovely, thank you!" in page and "waits for an answer" not in page and "tag good" in page
    [one] = offered(as_person(cast.alice), line).json()["messages"]
    assert one["texts"] == own.texts
    assert [(entry.action, entry.actor) for entry in AuditEntry.objects.filter(subject=made.code)] == [
        ("standard_message.accepted", cast.cora),
        ("standard_message.suggested", cast.vera),
    ]


def test_what_is_set_aside_is_answered_in_kind_words(cast, as_person, line, suggestion):
    cora = as_person(cast.cora)
    page = press(cora, suggestion, "set_aside", words=" ").content.decode()
    assert "required" in page
    with pytest.raises(WordsMissing):
        suggestions.set_aside(cast.cora, suggestion, "  ")
    assert press(cora, suggestion, "set_aside", words="x" * 301).status_code == 200
    assert StandardMessage.objects.get(pk=suggestion.pk).state == "suggested"
    press(cora, suggestion, "set_aside", words="We have one like it; yours is warm all the same.")
    assert "yours is warm all the same" in as_person(cast.vera).get(OWN).content.decode()
    assert "not in use" in as_person(cast.vera).get(OWN).content.decode()
    # the same again may be tried once it was answered
    suggestions.suggest(cast.vera, StandardMessage.objects.own(cast.vera).get(), line)


def test_only_who_supervises_the_line_or_keeps_all_answers(cast, suggestion):
    foreign = cast.person("foreign", roles=["coordinator"], supervises=[cast.crawl])
    working = cast.person("working", roles=["coordinator"], works_in=[cast.phone])
    refusals = [(cast.vera, NotAllowed), (working, NotAllowed), (cast.viktor, NotFound), (foreign, NotFound)]
    for person, refusal in [*refusals, (None, NotFound)]:
        for answer in (
            lambda person=person: suggestions.accept(person, suggestion),
            lambda person=person: suggestions.set_aside(person, suggestion, "No."),
            lambda person=person: standard_messages.save_kept(person, suggestion),
            lambda person=person: standard_messages.put_aside(person, suggestion),
            lambda person=person: standard_messages.use_again(person, suggestion),
            lambda person=person: standard_messages.remove_kept(person, suggestion),
        ):
            with pytest.raises(refusal):
                answer()
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.answer) == ("suggested", "")
    suggestions.accept(cast.ada, suggestion)


def test_nobody_suggests_for_a_line_of_others_or_without_the_function(cast, as_person, line, other_line, own):
    vera = as_person(cast.vera)
    suggest = reverse("chat:standard-message-suggest", args=[own.code])
    assert vera.post(suggest, {"line": other_line.slug}).status_code == 422
    with pytest.raises(NotFound):
        suggestions.suggest(cast.vera, own, other_line)
    Line.objects.update(has_standard_messages=False)
    line.refresh_from_db()
    assert vera.post(suggest, {"line": line.slug}).status_code == 422
    assert 'data-opens="suggest' not in vera.get(OWN).content.decode()
    with pytest.raises(NotAllowed):
        suggestions.suggest(cast.vera, own, line)
    assert StandardMessage.objects.count() == 1


def test_one_that_waits_is_not_suggested_again_and_not_too_many(cast, as_person, line, own, suggestion, monkeypatch):
    answer = as_person(cast.vera).post(reverse("chat:standard-message-suggest", args=[own.code]), {"line": line.slug})
    assert answer.status_code == 409 and "it waits for an answer" in answer.content.decode()
    with pytest.raises(AlreadySuggested):
        suggestions.suggest(cast.vera, own, line)
    with pytest.raises(IntegrityError), transaction.atomic():
        write("HELLO", line=line, state=State.SUGGESTED, suggested_by=cast.vera)
    monkeypatch.setattr(suggestions, "MOST_SUGGESTED", 1)
    with pytest.raises(TooManySuggested, match="1 of your suggestions"):
        suggestions.suggest(cast.vera, write("second", person=cast.vera), line)
    theirs = write("hello", person=cast.alice)
    suggestions.suggest(cast.alice, theirs, line)


def test_one_whose_code_is_taken_gets_another_first(cast, as_person, line, suggestion):
    write("hello", line=line)
    cora = as_person(cast.cora)
    assert "has this short code" in press(cora, suggestion, "accept").content.decode()
    with pytest.raises(CodeTaken):
        suggestions.accept(cast.cora, suggestion)
    page = f"/admin/chat/standardmessage/{suggestion.pk}/change/"
    sent = {"short_code": "hello-2", "texts-en": "Hello {alias}, by all of us"}
    assert cora.post(page, sent).status_code == 302
    suggestion.refresh_from_db()
    suggestions.accept(cast.cora, suggestion)
    suggestion.refresh_from_db()
    assert (suggestion.short_code, suggestion.state) == ("hello-2", "in_use")
    # the volunteer's own one is untouched
    assert StandardMessage.objects.own(cast.vera).get().short_code == "hello"


def test_there_is_room_for_it_or_it_waits(cast, line, suggestion, monkeypatch):
    monkeypatch.setitem(standard_messages.MOST, "line", 1)
    first = write("first", line=line)
    with pytest.raises(TooMany):
        suggestions.accept(cast.cora, suggestion)
    standard_messages.put_aside(cast.cora, first)
    suggestions.accept(cast.cora, suggestion)
    with pytest.raises(TooMany):
        standard_messages.use_again(cast.cora, first)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_two_who_answer_at_once_answer_once(cast, line, suggestion, quiet_connections, _round):
    cora, alice = cast.cora, cast.alice
    outcomes = race(
        quiet_connections,
        lambda: suggestions.accept(cora, suggestion, "Thank you"),
        lambda: suggestions.set_aside(alice, suggestion, "Not this time"),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Changed", "NoneType"]
    suggestion.refresh_from_db()
    won = outcomes[0] is None
    assert (suggestion.state, suggestion.answer) == (("in_use", "Thank you") if won else ("put_aside", "Not this time"))
    assert AuditEntry.objects.filter(subject=suggestion.code).count() == 2


@pytest.mark.django_db(transaction=True)
def test_accepted_twice_at_once_it_is_accepted_once(cast, suggestion, quiet_connections):
    cora, alice = cast.cora, cast.alice
    outcomes = race(
        quiet_connections, lambda: suggestions.accept(cora, suggestion), lambda: suggestions.accept(alice, suggestion)
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Changed", "NoneType"]
    assert AuditEntry.objects.filter(action="standard_message.accepted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_suggested_twice_at_once_it_waits_once(cast, line, own, quiet_connections):
    vera = cast.vera
    outcomes = race(quiet_connections, *[lambda: suggestions.suggest(vera, own, line)] * 2)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadySuggested", "StandardMessage"]


def test_only_allowed_moves_are_made(cast, line, suggestion):
    in_use, aside = write("used", line=line), write("aside", line=line, state=State.PUT_ASIDE)
    for message, refused in [
        (suggestion, (standard_messages.put_aside, standard_messages.use_again)),
        (
            in_use,
            (suggestions.accept, standard_messages.use_again, lambda who, one: suggestions.set_aside(who, one, "No")),
        ),
        (
            aside,
            (suggestions.accept, standard_messages.put_aside, lambda who, one: suggestions.set_aside(who, one, "No")),
        ),
    ]:
        for move in refused:
            with pytest.raises(Changed):
                move(cast.cora, message)
    assert [one.state for one in (suggestion, in_use, aside)] == ["suggested", "in_use", "put_aside"]


def test_with_the_account_one_s_own_go_and_a_suggestion_stays_without_its_author(cast, line, own, suggestion):
    forget(cast.vera)
    [left] = StandardMessage.objects.all()
    assert (left.pk, left.suggested_by, left.state) == (suggestion.pk, None, "suggested")
    suggestions.accept(cast.cora, left)


def test_whoever_left_the_team_reads_no_more_of_its_line(cast, as_person, line, suggestion):
    from guardian.shortcuts import assign_perm, remove_perm

    remove_perm("work_in_team", cast.vera, cast.phone)
    assign_perm("work_in_team", cast.vera, cast.crawl)
    page = as_person(cast.vera).get(OWN).content.decode()
    assert suggestion.code not in page and "Youth line" not in page
