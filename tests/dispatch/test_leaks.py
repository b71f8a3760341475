"""Whatever could tell who the caller is stays sealed until somebody has accepted, and then opens on one page alone.

Each search first finds a mark of the same kind where it was put: see tests/support/leaks.py.
"""

import json
import logging
from pathlib import Path

import pytest
from django.contrib import admin
from django.db import connection
from django.urls import reverse

from coordinators.models import Endpoint, LocalCoordinator
from hotline.dispatch.actions import contacts, links, notes, questions, work
from hotline.dispatch.models import HelpRequest, Offer, OfferLink, OfferQuestion, RequestNote, Wave
from hotline.lib.logs import Word
from hotline.outbox.models import Message
from hotline.questionnaires.models import Questionnaire
from hotline.staff.models import Alarm, AuditEntry, Team
from tests.support.crowd import token_of
from tests.support.leaks import Cached, Folder, Rows, Text
from tests.support.registry import offer_of, voice_of

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = "+380671234567"


@pytest.fixture
def marks(marked):
    """What the caller gave, each text marked: {name: Mark}."""
    names = ("name", "address", "note", "answer", "safe_time", "safe_words", "colleague")
    return {name: marked() for name in names} | {"phone": marked(PHONE), "digits": marked(PHONE[3:])}


class Story:
    """A request with marked contents that two coordinators with phones and accounts were offered."""

    def __init__(self, telegram, registry, cast, marks, public):
        self.telegram, self.marks = telegram, marks
        sheet = Questionnaire.objects.create(slug="food")
        sheet.questions.create(key="diet", kind="text", public=True, position=0, label={"en": "What?"})
        sheet.questions.create(key="who", kind="text", public=False, position=1, label={"en": "Who?"})
        registry.food.questionnaire = sheet
        registry.food.save()
        self.phones = [telegram.phone("One"), telegram.phone("Two")]
        self.winner, self.loser = (
            registry.coordinator((registry.food, registry.kharkiv), chat=phone) for phone in self.phones
        )
        self.representative = cast.person("ostap", represents=[self.winner])
        self.other = cast.person("petro", represents=[self.loser])
        given = {name: marks[name].text for name in ("name", "phone", "address", "safe_time", "safe_words")}
        self.request = registry.take(
            cast.vera,
            cast.phone,
            registry.food,
            registry.kharkiv,
            contact=given | {"consent": True},
            note=marks["note"].text,
            people=3,
            languages=("uk",),
            answers={"diet": public.text, "who": marks["answer"].text},
        )
        notes.add_note(cast.vera, self.request, marks["colleague"].text)

    def offer(self, coordinator):
        return offer_of(self.request, coordinator)

    def accept(self):
        """The winner accepts on the phone; the token of the link that comes there."""
        self.telegram.press(self.phones[0], "Accept")
        return token_of(self.telegram.last(self.phones[0])["buttons"][0][0]["url"])


@pytest.fixture
def public(marked):
    """What may leave the house: the answer to a question marked public."""
    return marked()


@pytest.fixture
def story(telegram, registry, cast, marks, public):
    return Story(telegram, registry, cast, marks, public)


def traffic(telegram):
    """Everything that went to Telegram, came from there, or stands there."""
    return Text(json.dumps(telegram.client.state()), json.dumps(telegram.client.calls("*")))


def test_no_plain_word_in_database_log_cache_and_telegram(story, telegram, marks, public, marked, cast, printed):
    """The whole way of a request, from the call to the desk that rings back."""
    places = [Rows(), Cached()]
    if connection.vendor == "sqlite":
        # The file itself, and the log of writes beside it.
        places.append(Folder(Path(connection.settings_dict["NAME"]).parent))
        names = [path.name for path, _content in places[-1].pieces()]
        assert any(".sqlite3" in name and not name.endswith("-wal") for name in names)
        assert any(name.endswith("-wal") for name in names)

    def search():
        printed.flush()
        for place in [*places, Text(printed.getvalue()), traffic(telegram)]:
            for mark in marks.values():
                mark.assert_absent(place)

    control = marked()
    Team.objects.create(code="control", name=control.text)
    for place in places[:1] + places[2:]:
        control.assert_present(place)
    logging.getLogger("hotline").info("control %s", Word(control))
    control.assert_present(Text(printed.getvalue()))

    assert Message.objects.filter(purpose="offer", state="queued").count() == 2
    search()
    telegram.run()
    public.assert_present(traffic(telegram))
    public.assert_absent(Rows())
    token = story.accept()
    contacts.open_as_winner(links.find(token), "this phone")
    search()
    work.hand_back(voice_of(story.winner), story.offer(story.winner))
    telegram.run()
    contacts.open_at_desk(cast.vera, HelpRequest.objects.get(), "rings back")
    assert AuditEntry.objects.filter(action="contact.opened").exists()
    search()
    # Nor does anything there open the contact: only the hash of the link's token is kept.
    for place in [Rows(), Text(printed.getvalue())]:
        marked(token).assert_absent(place)


def test_questions_and_their_answers_lie_sealed(story, telegram, marked, cast, printed):
    asked, answered = marked(), marked()
    telegram.run()
    offer = story.offer(story.loser)
    question = questions.ask(voice_of(story.loser), offer, OfferQuestion.Ready.OTHER, asked.text)
    questions.answer(cast.vera, question, answered.text)
    for mark in (asked, answered):
        mark.assert_absent(Rows())
        mark.assert_absent(Text(printed.getvalue()))
    telegram.run()
    answered.assert_present(traffic(telegram))
    answered.assert_absent(Rows())


def admin_pages():
    """Addresses of every list of the admin, and of a page for each row that has to do with the request."""
    yield reverse("admin:index")
    rows = [HelpRequest, Offer, OfferLink, OfferQuestion, RequestNote, Wave, Message, AuditEntry, Alarm]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        if model in [*rows, LocalCoordinator, Endpoint]:
            for pk in model.objects.values_list("pk", flat=True)[:2]:
                yield reverse(f"{name}_change", args=[pk])


def test_no_page_of_admin_or_desk_shows_it(story, telegram, marks, public, cast, as_person):
    telegram.run()
    story.accept()
    desk, code = reverse("dispatch:cards"), story.request.code
    # What each may see, which proves that the pages were looked at: (address, words on it), or None.
    people = {
        cast.vera: (desk, "Food"),
        cast.viktor: None,
        cast.cora: (reverse("admin:dispatch_helprequest_change", args=[story.request.pk]), code),
        cast.ada: (reverse("admin:outbox_message_changelist"), "offer"),
        cast.alice: (desk, "Food"),
        story.representative: (
            reverse("admin:dispatch_offer_change", args=[story.offer(story.winner).pk]),
            public.text,
        ),
        story.other: (reverse("admin:dispatch_offer_changelist"), story.offer(story.loser).reference),
    }
    for person, own in people.items():
        client = as_person(person)
        answers = {path: client.get(path) for path in [*admin_pages(), reverse("dispatch:desk"), desk, "/"]}
        shown = {path: answer.content.decode() for path, answer in answers.items() if answer.status_code == 200}
        for name, mark in marks.items():
            found = [path for path, text in shown.items() if mark.found_in(Text(text))]
            assert not found, f"{name} before {person}"
        if own:
            path, words = own
            assert words in shown[path]
        else:
            assert code not in "".join(shown.values())
        next(iter(marks.values())).assert_absent(Text(*shown.values()))


def test_after_acceptance_it_stands_on_the_winners_answer_alone(story, telegram, marks, public, as_person, client):
    telegram.run()
    offer, lost = story.offer(story.winner), story.offer(story.loser)
    before = client.get(f"/o/{token_of(links.issue(offer, voice_of(story.winner)))}/")
    token, too_late = story.accept(), token_of(links.issue(lost, voice_of(story.loser)))
    page, opening = f"/o/{token}/", f"/o/{token}/contact/"
    opened = client.post(opening)
    for name, mark in marks.items():
        assert mark.text in opened.content.decode(), name
    assert opened.status_code == 200 and "no-store" in opened["Cache-Control"]

    representative, other, stranger = as_person(story.representative), as_person(story.other), as_person(None)
    elsewhere = [
        before,
        client.get(page),
        client.get(opening),
        stranger.get(page),
        stranger.post(opening),
        client.post(f"/o/{too_late}/contact/"),
        client.get(f"/o/{too_late}/"),
        representative.get(reverse("admin:dispatch_offer_change", args=[offer.pk])),
        representative.post(reverse("admin:dispatch_offer_button", args=[offer.pk, "open_contact"]), follow=True),
        other.get(reverse("admin:dispatch_offer_change", args=[lost.pk])),
        other.post(reverse("admin:dispatch_offer_button", args=[lost.pk, "open_contact"]), follow=True),
    ]
    assert before.status_code == 200 and public.text in before.content.decode()
    for answer in elsewhere:
        seen = Text(answer.content, *(f"{name}: {value}" for name, value in answer.headers.items()))
        for mark in marks.values():
            mark.assert_absent(seen)
    # The same device may look again.
    assert PHONE in client.post(opening).content.decode()
