"""The chat desk's page and buttons: whose they are, what they show, what they do."""

import json
import uuid

import pytest
from django.urls import reverse

from chat.actions import conversations, queue
from chat.models import Conversation, Duty, Line
from chat.topics import of_user
from hotline.live import topics
from hotline.questionnaires.models import Questionnaire
from tests.chat.conftest import visitor_comes

pytestmark = pytest.mark.django_db
DESK, SIDE = "/desk/chat/", "/desk/chat/side/"
BUTTONS = [("mode", {"mode": "closed"}), ("number", {"number": "2"}), ("away", {"away": "yes"}), ("next", {})]


@pytest.fixture
def vera(cast, as_person):
    return as_person(cast.vera)


def press(client, name, subject, **sent):
    """The answer to a button of the desk, `name` of its address, as htmx presses it; a take has an id."""
    address = reverse(f"chat:desk-{name}", args=[subject])
    return client.post(address, {"id": uuid.uuid4(), **sent}, headers={"HX-Request": "true"})


def told(answer):
    """What the answer to a button says in the corner."""
    return json.loads(answer.headers["HX-Trigger-After-Settle"])["told"]["words"]


def shown(client):
    """The page's context."""
    return client.get(DESK).context


# ---- whose it is ----


@pytest.mark.parametrize(("who", "status"), [("vera", 200), ("cora", 200), ("alice", 200), ("ada", 403), (None, 302)])
def test_the_desk_is_for_those_who_talk(cast, as_person, line, who, status):
    client = as_person(getattr(cast, who) if who else None)
    for address in (DESK, SIDE):
        assert client.get(address).status_code == status


def test_somebody_without_any_role_gets_nothing(cast, as_person, line):
    nobody = as_person(cast.person("nobody", works_in=[cast.phone]))
    assert nobody.get(DESK).status_code == 403
    assert press(nobody, "next", line.slug).status_code == 403


@pytest.mark.parametrize(("button", "sent"), BUTTONS)
def test_another_teams_line_is_not_there(cast, as_person, line, button, sent):
    """For a volunteer of another team, and for a coordinator of another team."""
    rival = cast.person("rival", roles=["coordinator"], supervises=[cast.crawl])
    visitor_comes(line)
    for person in (cast.viktor, rival):
        assert press(as_person(person), button, line.slug, **sent).status_code == 404
    assert press(as_person(cast.ada), button, line.slug, **sent).status_code == 403
    line.refresh_from_db()
    assert line.mode == "open" and not Duty.objects.exists()
    assert Conversation.objects.get().state == "waiting"


def test_another_teams_visitors_are_not_there(cast, as_person, line):
    _visitor, started = visitor_comes(line)
    viktor = as_person(cast.viktor)
    assert started.conversation not in viktor.get(DESK).content.decode()
    for name in ("take", "end", "put-away"):
        assert press(viktor, name, started.conversation).status_code == 404
    assert viktor.get(f"{DESK}{started.conversation}/").status_code == 404
    assert Conversation.objects.get().state == "waiting"


def test_a_colleagues_conversation_is_theirs(cast, as_person, talk, line):
    """Same team: its queue is shared, what is said in a conversation is not."""
    _visitor, _vera, conversation = talk()
    for person in (cast.alice, cast.cora):
        colleague = as_person(person)
        assert colleague.get(f"{DESK}{conversation.code}/").status_code == 403
        assert press(colleague, "end", conversation.code).status_code == 403
        assert press(colleague, "put-away", conversation.code).status_code == 403
        assert conversation.room.code not in colleague.get(DESK).content.decode()
    conversation.refresh_from_db()
    assert conversation.state == "active"


def test_buttons_are_pressed_by_post_alone(vera, line, talk):
    _visitor, _vera, conversation = talk()
    for name, subject in [("mode", line.slug), ("next", line.slug), ("take", "x"), ("end", conversation.code)]:
        assert vera.get(reverse(f"chat:desk-{name}", args=[subject])).status_code == 405


def test_a_forged_press_is_refused(cast, as_person, line):
    assert press(as_person(cast.vera, enforce_csrf_checks=True), "mode", line.slug, mode="closed").status_code == 403


# ---- what it shows ----


def test_a_line_shows_who_waits_in_their_order_with_language_and_reason(cast, vera, line):
    asked = Questionnaire.objects.create(slug="before")
    asked.questions.create(key="danger", kind="yesno", label={"en": "Are you in danger?"})
    Line.objects.update(questions=asked, risk_answers={"danger": True}, risk_minutes=30)
    line.refresh_from_db()
    visitor_comes(line, language="uk")
    visitor_comes(line, answers={"danger": True})
    (card,) = shown(vera)["cards"]
    assert [(one.place, one.language, one.risk) for one in card.waiting] == [
        (1, "English", "Are you in danger?"),
        (2, "Українська", ""),
    ]
    assert (card.waiting_count, card.active, card.state) == (2, 0, "open")
    assert card.longest == min(Conversation.objects.values_list("created_at", flat=True))


def test_practice_stays_out_of_queue_and_figures(vera, line, talk):
    _visitor, _vera, conversation = talk()
    visitor_comes(line)
    Conversation.objects.update(practice=True)
    (card,) = shown(vera)["cards"]
    assert (card.waiting_count, card.active, card.mine, card.waiting) == (0, 0, 1, [])


def test_whoever_was_given_back_stands_first_and_says_so(cast, vera, line, talk):
    _visitor, _vera, conversation = talk()
    visitor_comes(line)
    queue.give_back(conversation, cast.vera)
    first, second = shown(vera)["cards"][0].waiting
    assert (first.code, first.came_back, second.came_back) == (conversation.code, True, False)


def test_my_conversations_have_colours_of_their_own(vera, line, talk):
    talk(), talk(), talk()
    talks = shown(vera)["talks"]
    assert len({talk.colour for talk in talks}) == 3
    assert [one.conversation.taken_at for one in talks] == sorted(one.conversation.taken_at for one in talks)


def test_the_page_rings_with_the_queues_of_its_lines(vera, line, other_line):
    assert shown(vera)["topics"] == topics.queue(line.pk)


def test_no_line_is_said(vera):
    assert "No line of yours" in vera.get(DESK).content.decode()


def test_nothing_of_the_desk_stays_in_a_cache(vera, line, talk):
    _visitor, _vera, conversation = talk()
    for address in (DESK, SIDE, f"{DESK}{conversation.code}/"):
        assert "no-store" in vera.get(address).headers["Cache-Control"]


def test_more_visitors_cost_no_more_queries(cast, vera, line, same_queries):
    Line.objects.update(maximum_waiting=100)
    line.refresh_from_db()
    same_queries(lambda number: visitor_comes(line), lambda: vera.get(SIDE))


def test_more_lines_cost_no_more_queries(cast, vera, same_queries):
    def add(number):
        asked = Questionnaire.objects.create(slug=f"before-{number}")
        asked.questions.create(key="danger", kind="yesno", label={"en": "In danger?"})
        made = Line.objects.create(slug=f"line-{number}", team=cast.phone, mode="open", questions=asked)
        Duty.objects.create(line=made, user=cast.vera, maximum=1)
        visitor_comes(made)

    same_queries(add, lambda: vera.get(SIDE))


def test_more_conversations_cost_no_more_queries(cast, vera, line, same_queries):
    Line.objects.update(most_conversations=100)
    line.refresh_from_db()
    Duty.objects.create(line=line, user=cast.vera, maximum=100)

    def add(number):
        _visitor, started = visitor_comes(line, alias=f"Robin {number}")
        queue.take(cast.vera, Conversation.objects.get(code=started.conversation), uuid.uuid4())

    same_queries(add, lambda: vera.get(SIDE))


# ---- what its buttons do ----


@pytest.mark.parametrize("mode", ["open", "paused", "closed", "hours"])
def test_the_door_is_set(vera, line, mode):
    assert press(vera, "mode", line.slug, mode=mode).status_code == 200
    line.refresh_from_db()
    assert line.mode == mode


def test_by_hours_is_offered_where_there_are_hours(vera, line):
    assert "Go by its hours" not in vera.get(SIDE).content.decode()
    Line.objects.update(hours={"mon": [["08:00", "12:00"]]})
    assert "Go by its hours" in vera.get(SIDE).content.decode()


def test_take_next_gives_the_first_and_names_them(vera, cast, line, waiting):
    _visitor, first = waiting()
    waiting()
    answer = press(vera, "next", line.slug)
    assert json.loads(answer.headers["HX-Trigger-After-Settle"]) == {"taken": {"conversation": first.conversation}}
    assert Conversation.objects.get(code=first.conversation).volunteer == cast.vera


def test_take_this_one(vera, cast, waiting):
    waiting()
    _visitor, second = waiting()
    press(vera, "take", second.conversation)
    assert Conversation.objects.get(code=second.conversation).volunteer == cast.vera


def test_one_press_that_is_sent_twice_takes_one(vera, cast, line, waiting):
    Duty.objects.create(line=line, user=cast.vera, maximum=3)
    waiting(), waiting()
    one = uuid.uuid4()
    answers = [press(vera, "next", line.slug, id=one) for _time in range(2)]
    assert answers[0].headers["HX-Trigger-After-Settle"] == answers[1].headers["HX-Trigger-After-Settle"]
    assert Conversation.objects.active().count() == 1


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        ("nobody", "Nobody is waiting for you"),
        ("enough", "as many as you set"),
        ("colleague", "A colleague was faster"),
    ],
)
def test_a_take_that_is_refused_is_told(vera, cast, line, waiting, talk, prepare, words):
    if prepare == "nobody":
        answer = press(vera, "next", line.slug)
    elif prepare == "enough":
        talk(), waiting()
        Duty.objects.update(maximum=1)
        answer = press(vera, "next", line.slug)
    else:
        _visitor, started = waiting()
        queue.take(cast.alice, Conversation.objects.get(), uuid.uuid4())
        answer = press(vera, "take", started.conversation)
    assert answer.status_code == 409
    assert words in told(answer)
    assert "taken" not in answer.headers["HX-Trigger-After-Settle"]


def test_the_number_keeps_within_the_lines_bounds(vera, cast, line):
    press(vera, "number", line.slug, number="4")
    assert Duty.objects.get().maximum == 4
    answer = press(vera, "number", line.slug, number="5")
    assert answer.status_code == 409 and "1 to 4" in told(answer)
    assert Duty.objects.get().maximum == 4
    (card,) = shown(vera)["cards"]
    assert (card.fewer, card.more) == (3, None)


def test_the_number_comes_back_into_bounds_that_moved(cast, vera, line):
    Duty.objects.create(line=line, user=cast.vera, maximum=9)
    (card,) = shown(vera)["cards"]
    assert (card.fewer, card.more) == (4, None)


def test_away_and_back(vera, cast, line, waiting):
    waiting()
    press(vera, "away", line.slug, away="yes")
    page = vera.get(SIDE).content.decode()
    assert Duty.objects.get().away and "You are away" in page and "Take next" not in page
    press(vera, "away", line.slug, away="no")
    assert not Duty.objects.get().away


@pytest.mark.parametrize(
    ("button", "sent"),
    [
        ("mode", {"mode": "ajar"}),
        ("mode", {}),
        ("number", {"number": "two"}),
        ("number", {"number": "-1"}),
        ("number", {"number": "٣"}),
        ("number", {"number": "9" * 400}),
        ("next", {"id": "mine"}),
        ("next", {"id": ""}),
    ],
)
def test_a_press_that_makes_no_sense_is_refused_in_words(vera, line, waiting, button, sent):
    waiting()
    answer = press(vera, button, line.slug, **sent)
    assert answer.status_code == 422
    assert "That was not understood" in told(answer)
    assert not Conversation.objects.active().exists()


# ---- the roof ----


def test_the_bar_and_the_first_page_lead_there(cast, as_person, line, waiting):
    waiting()
    page = as_person(cast.vera).get("/")
    (card,) = [card for card in page.context["cards"] if card["url"] == DESK]
    assert (card["count"], card["tone"], card["topics"]) == (1, "waiting", [topics.queue(line.pk)])
    assert [str(row["text"]) for row in card["rows"]] == ["Youth line"]
    assert f'href="{DESK}"' in page.content.decode()
    for stranger in (cast.viktor, cast.ada):
        assert f'href="{DESK}"' not in as_person(stranger).get("/").content.decode()


def test_rings_are_heard_at_ones_own_lines(cast, line, other_line):
    assert of_user(cast.vera) == [topics.queue(line.pk), topics.team_rooms()]
    assert of_user(cast.viktor) == [topics.queue(other_line.pk), topics.team_rooms()]
    assert of_user(cast.cora) == [topics.queue(line.pk), topics.team_rooms(), topics.sightings()]
    assert of_user(cast.ada) == []


def test_what_is_taken_rings_for_the_others(vera, line, waiting, django_capture_on_commit_callbacks, monkeypatch):
    rung = []
    monkeypatch.setattr("hotline.live.doorbell.hub.send", lambda topic, **ids: rung.append(topic))
    waiting()
    with django_capture_on_commit_callbacks(execute=True):
        press(vera, "next", line.slug)
    assert topics.queue(line.pk) in rung
    assert Conversation.objects.get().state == conversations.State.ACTIVE
