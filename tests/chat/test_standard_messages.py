"""Standard messages: whose they are, who finds them, what is refused, what is counted; and the page of one's own."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from chat.actions import standard_messages
from chat.actions.standard_messages import CodeTaken, TooMany
from chat.models import Line, StandardMessage
from hotline.staff.actions.freeze import freeze
from hotline.staff.models import AuditEntry, Freeze
from hotline.staff.permissions import NotAllowed, NotFound
from tests.chat.test_queue import race

pytestmark = pytest.mark.django_db

Owner, State = StandardMessage.Owner, StandardMessage.State
OWN = "/desk/chat/standard-messages/"
NEW = f"{OWN}new/"
TEXT = {"short_code": "a", "texts": {"en": "A"}}


def write(short_code="hello", *, person=None, line=None, text="Hello {alias}", **more):
    """A StandardMessage that is there: of a person, of a line, or of the house."""
    owner = Owner.PERSON if person else Owner.LINE if line else Owner.HOUSE
    more = {"texts": {"en": text}} | more
    return StandardMessage.objects.create(owner=owner, person=person, line=line, short_code=short_code, **more)


def typed(short_code="hello", **texts):
    """What the form sends."""
    texts = texts or {"en": "Hello {alias}"}
    return {"short_code": short_code, **{f"texts-{language}": text for language, text in texts.items()}}


def offered(client, line):
    return client.get(reverse("chat:line-standard-messages", args=[line.slug]))


def codes(answer):
    return [(one["owner"], one["short_code"]) for one in answer.json()["messages"]]


def press_used(client, line, message):
    return client.post(reverse("chat:standard-message-used", args=[line.slug, message.code]))


def refusal(answer):
    """The words of everything that is wrong on the page, one text."""
    return " ".join(str(words) for errors in answer.context["form"].errors.values() for words in errors)


@pytest.fixture
def vera(cast, as_person):
    return as_person(cast.vera)


# ---- who finds which ----


def test_whoever_was_passed_on_is_told_of_the_line_to_which_they_came(vera, line, other_line):
    address = reverse("chat:line-standard-messages", args=[line.slug])
    for asked, title in (
        (f"?entrance={other_line.slug}", "Family line"),
        ("?entrance=nowhere", "Youth line"),
        ("", "Youth line"),
    ):
        assert vera.get(address + asked).json()["places"]["en"]["line"] == title


def test_a_volunteer_finds_their_own_the_lines_and_the_houses_in_this_order(cast, vera, line, other_line):
    write("zebra", person=cast.vera)
    write("b", line=line), write("a", line=line), write("house")
    write("foreign", line=other_line), write("alices", person=cast.alice)
    write("aside", line=line, state=State.PUT_ASIDE), write("wish", line=line, state=State.SUGGESTED)
    write("old", state=State.PUT_ASIDE)
    assert codes(offered(vera, line)) == [("person", "zebra"), ("line", "a"), ("line", "b"), ("house", "house")]


def test_what_is_sent_to_the_desk_names_nobody_and_no_number(cast, vera, line):
    write(line=line, suggested_by=cast.alice, used=77, answer="Thank you")
    answer = offered(vera, line)
    [one] = answer.json()["messages"]
    assert set(one) == {"code", "short_code", "owner", "texts"}
    assert "77" not in answer.content.decode().replace(one["code"], "") and "Alice" not in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [("vera", 200), ("cora", 200), ("alice", 200), ("ada", 403), ("viktor", 404), (None, 302)]
)
def test_they_are_for_those_who_talk_at_the_line(cast, as_person, line, who, status):
    client, message = as_person(getattr(cast, who) if who else None), write(line=line)
    assert offered(client, line).status_code == status
    assert press_used(client, line, message).status_code == (204 if status == 200 else status)
    message.refresh_from_db()
    assert message.used == (status == 200)


def test_a_line_that_has_none_offers_and_counts_none(vera, line, talk):
    message = write(line=line)
    talk()
    assert 'data-standard-messages="' in vera.get("/desk/chat/").content.decode()
    Line.objects.update(has_standard_messages=False)
    assert 'data-standard-messages="' not in vera.get("/desk/chat/").content.decode()
    assert offered(vera, line).status_code == press_used(vera, line, message).status_code == 403
    message.refresh_from_db()
    assert message.used == 0


def test_the_list_asks_no_more_with_many_and_has_an_end(cast, vera, line, same_queries, monkeypatch):
    def another(number):
        write(f"own-{number}", person=cast.vera), write(f"line-{number}", line=line), write(f"house-{number}")

    same_queries(another, lambda: offered(vera, line))
    same_queries(another_own(cast, line), lambda: vera.get(OWN))
    monkeypatch.setattr("chat.standard_messages.MOST_OFFERED", 31)
    found = codes(offered(vera, line))
    assert len(found) == 31 and found[-1][0] == "person"


def another_own(cast, line):
    def add(number):
        write(f"more-{number}", person=cast.vera)
        write(f"wish-{number}", line=line, state=State.SUGGESTED, suggested_by=cast.vera)

    return add


# ---- how often ----


def test_a_use_is_counted_and_nothing_else_is_kept_of_it(cast, vera, line):
    message = write(line=line)
    before = AuditEntry.objects.count()
    for _time in range(2):
        assert press_used(vera, line, message).status_code == 204
    changed = StandardMessage.objects.get()
    assert changed.used == 2 and AuditEntry.objects.count() == before
    changed.used = 0
    assert {field.attname: getattr(changed, field.attname) for field in changed._meta.concrete_fields} == {
        field.attname: getattr(message, field.attname) for field in message._meta.concrete_fields
    }


def test_only_what_is_offered_there_is_counted(cast, vera, line, other_line):
    messages = [
        write("a", line=other_line),
        write("b", person=cast.alice),
        write("c", line=line, state=State.PUT_ASIDE),
    ]
    assert [press_used(vera, line, one).status_code for one in messages] == [404, 404, 404]
    assert vera.get(reverse("chat:standard-message-used", args=[line.slug, messages[0].code])).status_code == 405
    assert set(StandardMessage.objects.values_list("used", flat=True)) == {0}


@pytest.mark.django_db(transaction=True)
def test_two_uses_at_once_are_two(cast, line, quiet_connections):
    message, people = write(line=line), (cast.vera, cast.alice)
    counts = [lambda person=person: standard_messages.count_use(person, line, message.code) for person in people]
    assert race(quiet_connections, *counts) == [None, None]
    message.refresh_from_db()
    assert message.used == 2


def test_who_writes_anew_loses_no_count(cast, line):
    message = write(line=line)
    StandardMessage.objects.update(used=5, state=State.PUT_ASIDE)
    message.texts = {"en": "Good evening"}
    standard_messages.save_kept(cast.cora, message)
    message.refresh_from_db()
    assert (message.used, message.state, message.texts) == (5, "put_aside", {"en": "Good evening"})


# ---- what cannot be ----

BAD = [
    (typed(short_code=""), "required"),
    (typed(short_code="two words"), "letters, digits and single hyphens"),
    (typed(short_code="under_score"), "letters, digits and single hyphens"),
    (typed(short_code="-first"), "letters, digits and single hyphens"),
    (typed(short_code="x" * 31), "at most 30"),
    (typed(short_code="x" * 40), "at most 31"),
    (typed(short_code="<b>"), "letters, digits and single hyphens"),
    (typed(en=""), "one language at least"),
    (typed(de="Guten Tag {name}"), "Deutsch: “{name}” is not filled in"),
    (typed(en="Hello { alias }"), "“{ alias }” is not filled in"),
    (typed(en="Hello {alias"), "“{alias” is not filled in"),
    (typed(en="Hello alias}"), "“}” is not filled in"),
    (typed(en="Hello {{alias}}"), "“{}” is not filled in"),
    (typed(en="x" * 4001), "English: this has 4001 characters; at most 4000"),
    (typed(en="a\0b"), "a sign in it that is no text"),
]


@pytest.mark.parametrize(("sent", "words"), BAD)
def test_what_cannot_be_is_said_in_words_and_stays_in_its_box(vera, line, sent, words):
    answer = vera.post(NEW, sent)
    assert answer.status_code == 422 and words in refusal(answer)
    assert not StandardMessage.objects.exists()
    assert all(answer.context["form"].data[name] == value for name, value in sent.items())


def test_a_short_code_is_kept_small_in_whatever_letters(cast, vera, line):
    for typed_code in ("/Are-You-SAFE", "ПРИВІТ", "Grüße-2"):
        assert vera.post(NEW, typed(short_code=typed_code)).status_code == 302
    assert {one.short_code for one in StandardMessage.objects.own(cast.vera)} == {"are-you-safe", "привіт", "grüße-2"}
    for again in ("are-you-safe", "Привіт", "GRÜßE-2"):
        answer = vera.post(NEW, typed(short_code=again))
        assert answer.status_code == 422 and "has this short code" in refusal(answer)


def test_one_code_is_there_once_for_each_owner_whoever_writes_it(cast, line, other_line):
    """The database says so too, whatever the letters; suggestions and what is put aside leave a code free."""
    for owner in ({"person": cast.vera}, {"line": line}, {}):
        write(**owner)
        with pytest.raises(IntegrityError), transaction.atomic():
            write("HELLO", **owner)
    write(person=cast.alice), write(line=other_line)
    write(line=line, state=State.PUT_ASIDE), write(line=line, state=State.SUGGESTED, suggested_by=cast.vera)
    assert StandardMessage.objects.count() == 7


def test_a_message_has_one_owner_and_a_state_that_fits(cast, line):
    common = {"short_code": "x", "texts": {"en": "x"}}
    wrong = [
        {"owner": "person"},
        {"owner": "person", "person": cast.vera, "line": line},
        {"owner": "line"},
        {"owner": "line", "line": line, "person": cast.vera},
        {"owner": "house", "line": line},
        {"owner": "house", "person": cast.vera},
        {"owner": "nobody"},
        {"owner": "person", "person": cast.vera, "state": "put_aside"},
        {"owner": "person", "person": cast.vera, "state": "suggested"},
        {"owner": "house", "state": "suggested"},
        {"owner": "house", "suggested_by": cast.vera},
        {"owner": "line", "line": line, "state": "lost"},
    ]
    for fields in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            StandardMessage.objects.create(**common, **fields)


def test_there_are_not_more_than_somebody_can_oversee(cast, line, monkeypatch):
    monkeypatch.setattr(standard_messages, "MOST", dict.fromkeys(Owner, 1))
    for save, person, owner in [
        (standard_messages.save_own, cast.vera, {"owner": Owner.PERSON, "person": cast.vera}),
        (standard_messages.save_kept, cast.ada, {"owner": Owner.LINE, "line": line}),
        (standard_messages.save_kept, cast.ada, {"owner": Owner.HOUSE}),
    ]:
        save(person, StandardMessage(short_code="a", texts={"en": "A"}, **owner))
        with pytest.raises(TooMany, match="There are 1 here already"):
            save(person, StandardMessage(short_code="b", texts={"en": "B"}, **owner))
        # what is there can still be changed
        save(person, StandardMessage.objects.get(**owner))


@pytest.mark.django_db(transaction=True)
def test_the_same_code_written_twice_at_once_is_there_once(cast, line, quiet_connections):
    def save(person, text):
        message = StandardMessage(owner=Owner.LINE, line=line, short_code="hello", texts={"en": text})
        return lambda: standard_messages.save_kept(person, message)

    outcomes = race(quiet_connections, save(cast.cora, "One"), save(cast.alice, "Two"))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["CodeTaken", "NoneType"]
    assert StandardMessage.objects.count() == 1


# ---- one's own page ----


def test_own_ones_are_written_changed_and_removed(cast, vera, line):
    assert "None of your own yet" in vera.get(OWN).content.decode()
    answer = vera.post(NEW, typed("hello", en="Hello {alias}\r\nI am here.", uk="Привіт"), follow=True)
    assert "/hello" in answer.content.decode() and "found by typing /hello" in answer.content.decode()
    message = StandardMessage.objects.get()
    assert (message.person, message.texts) == (cast.vera, {"en": "Hello {alias}\nI am here.", "uk": "Привіт"})
    page = reverse("chat:standard-message", args=[message.code])
    assert "I am here." in vera.get(page).content.decode()
    assert vera.post(page, typed("hi", en="Hi")).status_code == 302
    message.refresh_from_db()
    assert (message.short_code, message.texts) == ("hi", {"en": "Hi"})
    assert vera.post(reverse("chat:standard-message-remove", args=[message.code])).status_code == 302
    assert not StandardMessage.objects.exists()
    assert vera.post(reverse("chat:standard-message-remove", args=[message.code])).status_code == 404
    assert not AuditEntry.objects.filter(action__startswith="standard_message").exists()


def test_nobody_sees_changes_or_removes_somebody_elses(cast, as_person, line):
    message = write("secret-of-vera", person=cast.vera, text="What Vera says")
    for person in (cast.alice, cast.cora, cast.viktor):
        client = as_person(person)
        assert "Vera says" not in client.get(OWN).content.decode()
        for name, sent in [("", typed()), ("-remove", {}), ("-suggest", {"line": line.slug})]:
            answer = client.post(reverse(f"chat:standard-message{name}", args=[message.code]), sent)
            assert answer.status_code == 404, (person, name)
        for action in (standard_messages.save_own, standard_messages.remove_own):
            with pytest.raises(NotFound):
                action(person, message)
        with pytest.raises((NotFound, NotAllowed)):
            standard_messages.save_kept(person, message)
    with pytest.raises(NotAllowed):
        standard_messages.save_own(cast.ada, StandardMessage(owner=Owner.PERSON, person=cast.ada))
    message.refresh_from_db()
    assert message.texts == {"en": "What Vera says"} and StandardMessage.objects.count() == 1


@pytest.mark.parametrize(("who", "status"), [("vera", 200), ("cora", 200), ("ada", 403), (None, 302)])
def test_the_page_is_for_those_who_talk(cast, as_person, line, who, status):
    client = as_person(getattr(cast, who) if who else None)
    for address in (OWN, NEW):
        assert client.get(address).status_code == status


def test_markup_is_text(vera, line):
    vera.post(NEW, typed("b", en="<img src=x onerror=alert(1)><b>bold</b>"))
    page = vera.get(OWN).content.decode()
    assert "<b>bold" not in page and "&lt;b&gt;bold&lt;/b&gt;" in page


def test_a_forged_form_is_refused(cast, as_person, line):
    message, client = write(person=cast.vera), as_person(cast.vera, enforce_csrf_checks=True)
    assert client.post(NEW, typed("other")).status_code == 403
    assert press_used(client, line, message).status_code == 403


def test_in_a_frozen_house_nothing_is_offered_written_or_counted(cast, vera, line):
    message = write(person=cast.vera)
    freeze(None, "", Freeze.Way.PAGE)
    answers = (offered(vera, line), vera.get(OWN), vera.post(NEW, typed("b")), press_used(vera, line, message))
    assert {answer.status_code for answer in answers} <= {403, 404}
    assert StandardMessage.objects.get().used == 0


def test_a_code_that_is_taken_meanwhile_is_told_and_what_was_typed_stays(cast, vera, line, monkeypatch):
    """Somebody is quicker between the look and the writing: the same person in another tab."""
    write("a", person=cast.vera)
    monkeypatch.setattr(standard_messages, "find_room", lambda message: None)
    with pytest.raises(CodeTaken):
        standard_messages.save_own(cast.vera, StandardMessage(owner=Owner.PERSON, person=cast.vera, **TEXT))
    answer = vera.post(NEW, typed("a", en="Kept text"))
    assert answer.status_code == 409 and "Choose a different one" in refusal(answer)
    assert "Kept text" in answer.content.decode()
