"""Standard messages in the admin: administrators keep all, supervisors those of their lines; nobody what is one's own."""

import pytest

from chat.models import StandardMessage
from hotline.staff.models import AuditEntry
from tests.chat.test_standard_messages import write

pytestmark = pytest.mark.django_db

LIST = "/admin/chat/standardmessage/"
State = StandardMessage.State


@pytest.fixture
def messages(cast, line, other_line):
    return {
        "line": write("of-line", line=line, text="Are you safe?", used=3),
        "other": write("of-other", line=other_line, text="Another line's"),
        "house": write("of-house", text="Ring 112"),
        "own": write("of-vera", person=cast.vera, text="What Vera says"),
    }


def shown(client, **query):
    return [one.short_code for one in client.get(LIST, query).context["cl"].result_list]


def change(message):
    return f"{LIST}{message.pk}/change/"


def refusal(answer):
    return " ".join(str(words) for errors in answer.context["adminform"].form.errors.values() for words in errors)


def test_each_sees_what_they_keep(cast, as_person, messages):
    assert set(shown(as_person(cast.ada))) == {"of-house", "of-other", "of-line"}
    assert shown(as_person(cast.cora)) == ["of-line"]
    for person in (cast.vera, cast.viktor):
        assert as_person(person).get(LIST).status_code == 403


@pytest.mark.parametrize(
    ("who", "of_line", "of_other", "of_house", "of_vera"),
    [("ada", 200, 200, 200, 404), ("alice", 200, 200, 200, 404), ("cora", 200, 403, 403, 403), ("vera", *[403] * 4)],
)
def test_a_page_opens_for_its_keepers(cast, as_person, messages, who, of_line, of_other, of_house, of_vera):
    client = as_person(getattr(cast, who))
    for name, status in {"line": of_line, "other": of_other, "house": of_house, "own": of_vera}.items():
        message = messages[name]
        assert client.get(change(message)).status_code == status, name
        sent = {"short_code": "changed", "texts-en": "Changed"}
        assert client.post(change(message), sent).status_code == (302 if status == 200 else status), name
        assert client.post(f"{LIST}{message.pk}/do/put_aside/").status_code == (302 if status == 200 else status), name
        assert client.post(f"{LIST}{message.pk}/delete/", {"post": "yes"}).status_code == (
            302 if status == 200 else status
        ), name
        assert StandardMessage.objects.filter(pk=message.pk).exists() == (status != 200)
    own = StandardMessage.objects.get(owner="person")
    assert (own.short_code, own.texts, own.state) == ("of-vera", {"en": "What Vera says"}, "in_use")


def test_what_is_one_s_own_is_in_no_list_count_search_or_filter(cast, as_person, messages):
    for person in (cast.ada, cast.alice):
        client = as_person(person)
        for query in ({}, {"q": "vera"}, {"q": "What Vera says"}, {"state": "in_use"}, {"line": "*"}):
            assert "of-vera" not in shown(client, **query)
        assert "What Vera says" not in client.get(LIST).content.decode()
        assert client.get(LIST, {"person": cast.vera.pk}).status_code == 400
        assert client.get(LIST, {"owner": "person"}).status_code == 400


def test_they_are_written_for_a_line_or_the_house_and_audited(cast, as_person, line):
    ada = as_person(cast.ada)
    sent = {"short_code": "Numbers", "texts-en": "112 and {line}", "texts-de": "112 und {line}"}
    assert ada.post(f"{LIST}add/", sent | {"line": line.pk}).status_code == 302
    assert ada.post(f"{LIST}add/", sent | {"line": ""}).status_code == 302
    house, of_line = StandardMessage.objects.order_by("owner")
    assert (house.owner, house.line, of_line.owner, of_line.line) == ("house", None, "line", line)
    assert house.short_code == "numbers" and house.texts == {"en": "112 and {line}", "de": "112 und {line}"}
    assert ada.post(change(of_line), sent | {"texts-en": "Only 112"}).status_code == 302
    page = ada.get(change(of_line)).content.decode()
    assert "Only 112" in page and 'name="texts-uk"' in page and 'name="line"' not in page
    ada.post(f"{LIST}{of_line.pk}/do/put_aside/"), ada.post(f"{LIST}{of_line.pk}/do/use_again/")
    ada.post(f"{LIST}{of_line.pk}/delete/", {"post": "yes"})
    lines = AuditEntry.objects.filter(subject=of_line.code).order_by("pk")
    assert [(entry.action.partition(".")[2], entry.details) for entry in lines] == [
        (action, {"line": "youth"}) for action in ("created", "changed", "put_aside", "used_again", "removed")
    ]
    assert not any("112" in str(entry.details) for entry in AuditEntry.objects.all())


def test_a_supervisor_writes_for_their_lines_alone(cast, as_person, line, other_line):
    cora, sent = as_person(cast.cora), {"short_code": "numbers", "texts-en": "112"}
    page = cora.get(f"{LIST}add/").content.decode()
    assert "Youth line" in page and "Family line" not in page and "The whole house" not in page
    for wrong in ("", other_line.pk):
        answer = cora.post(f"{LIST}add/", sent | {"line": wrong})
        assert answer.status_code == 200 and refusal(answer)
    assert not StandardMessage.objects.exists()
    assert cora.post(f"{LIST}add/", sent | {"line": line.pk}).status_code == 302
    assert StandardMessage.objects.get().line == line


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"short_code": "a b"}, "letters, digits"),
        ({"short_code": ""}, "required"),
        ({"texts-en": ""}, "one language at least"),
        ({"texts-uk": "Вітаю, {name}"}, "Українська: “{name}” is not filled in"),
        ({"texts-en": "x" * 4001}, "4001 characters"),
        ({"texts-en": "a\0"}, "no text"),
    ],
)
def test_what_cannot_be_is_said_in_words_and_stays(cast, as_person, line, sent, words):
    sent = {"line": line.pk, "short_code": "code", "texts-en": "A text"} | sent
    answer = as_person(cast.cora).post(f"{LIST}add/", sent)
    assert answer.status_code == 200 and words in refusal(answer)
    assert all(answer.context["adminform"].form.data[name] == str(value) for name, value in sent.items())


def test_a_doubled_code_is_told_and_what_was_typed_stays(cast, as_person, messages):
    answer = as_person(cast.ada).post(f"{LIST}add/", {"line": "", "short_code": "OF-House", "texts-en": "Kept text"})
    assert "has this short code" in answer.content.decode() and "Kept text" in answer.content.decode()
    assert StandardMessage.objects.filter(owner="house").count() == 1


def test_the_list_is_filtered_and_searched_and_shows_how_often(cast, as_person, messages, line):
    write("wish", line=line, text="Добрий день", state=State.SUGGESTED, suggested_by=cast.vera)
    ada = as_person(cast.ada)
    assert shown(ada)[0] == "wish", "what waits for an answer stands first"
    assert shown(ada, line="youth") == ["wish", "of-line"] and shown(ada, line="*") == ["of-house"]
    assert shown(ada, state="suggested") == ["wish"]
    assert shown(ada, q="are you safe") == shown(ada, q="of-line") == ["of-line"]
    assert shown(ada, q="dobryi") == ["wish"], "whatever the script"
    assert set(shown(ada, q="family")) == {"of-other"} and shown(ada, q="whole house") == ["of-house"]
    page = ada.get(LIST).content.decode()
    assert '<td class="field-used">3</td>' in page and "Vera" in page
    assert "Family line" not in as_person(cast.cora).get(LIST).content.decode()
    assert shown(as_person(cast.cora), line="family") == []


def test_the_first_page_counts_what_waits_for_whom_it_waits(cast, as_person, line, other_line):
    write("wish", line=line, state=State.SUGGESTED, suggested_by=cast.vera)
    write("foreign", line=other_line, state=State.SUGGESTED, suggested_by=cast.viktor)
    for person, number in ((cast.cora, 1), (cast.ada, 2)):
        client = as_person(person)
        counted = client.get("/admin/counts/").content.decode()
        assert f">{number}<" in counted, counted


def test_the_list_asks_no_more_with_many(cast, as_person, line, same_queries):
    ada = as_person(cast.ada)
    same_queries(
        lambda number: write(f"code-{number}", line=line, suggested_by=cast.vera),
        lambda: ada.get(LIST, {"q": "hello"}),
    )
