"""A person's own Telegram chat: linked once by a code of their own, rung, answered, unlinked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hotline.lib.throttle import TooOften
from hotline.outbox.actions.messages import enqueue
from hotline.outbox.models import Message
from hotline.staff.actions import chats
from hotline.staff.actions.alarms import raise_alarm
from hotline.staff.actions.chats import ChatTaken, CodeNotValid, NoWay, issue_code, link
from hotline.staff.models import Alarm, AlarmCall, AuditEntry, ChatCode, LinkedChat
from hotline.staff.permissions import NotFound
from hotline.staff.sweeps import drop_chat_codes
from tests.dispatch.conftest import telegram
from tests.staff.test_alarms import at_once
from tests.support.leaks import Rows
from tests.support.simulator import simulator, simulator_server

__all__ = ["simulator", "simulator_server", "telegram"]
pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "Nobody took the help request %(subject)s."


@pytest.fixture
def phone_of(telegram):
    """phone_of(person) -> the id of a phone on which the bot is linked to the account."""

    def linked(person):
        phone = telegram.phone(person.alias, started=False)
        telegram.client.start(phone, issue_code(person))
        telegram.run()
        return phone

    return linked


def test_a_code_links_one_phone_once(telegram, cast, marked):
    code = issue_code(cast.cora)
    one, two = telegram.phone("One", started=False), telegram.phone("Two", started=False)
    mark = marked(code)
    mark.assert_absent(Rows())
    telegram.client.start(one, code)
    telegram.run()
    assert "Linked, Cora" in telegram.last(one)["text"]
    assert chats.person_at(one) == cast.cora
    telegram.client.start(two, code)
    telegram.run()
    assert "run out" in telegram.last(two)["text"]
    assert LinkedChat.objects.count() == 1
    marked(LinkedChat.objects.get().address).assert_absent(Rows())


@pytest.mark.parametrize("code", ["staff_", "staff_made-up", "staff_" + "x" * 22])
def test_a_made_up_code_links_nothing(telegram, cast, code):
    assert cast.cora
    phone = telegram.phone("One", started=False)
    telegram.client.start(phone, code)
    telegram.run()
    assert "run out" in telegram.last(phone)["text"]
    assert not LinkedChat.objects.exists()


def test_a_late_code_and_one_that_was_replaced_link_nothing(cast):
    old, late = issue_code(cast.cora), issue_code(cast.cora)
    ChatCode.objects.update(expires_at=timezone.now())
    for code in (old, late):
        with pytest.raises(CodeNotValid):
            link(code, 4711)
    assert drop_chat_codes(timezone.now() + timedelta(seconds=1)) == 1


def test_a_code_of_an_account_that_was_closed_meanwhile_links_nothing(cast):
    code = issue_code(cast.cora)
    type(cast.cora).objects.filter(pk=cast.cora.pk).update(is_active=False)
    with pytest.raises(CodeNotValid):
        link(code, 4711)


def test_a_code_works_in_a_private_chat_only(telegram, cast):
    member = telegram.phone("Member")
    group = telegram.client.group("Convoy", member)
    telegram.client.start(member, issue_code(cast.cora), chat=group)
    telegram.run()
    assert "private chat" in telegram.last(group)["text"]
    assert not LinkedChat.objects.exists()


def test_a_phone_belongs_to_one_account(cast):
    link(issue_code(cast.cora), 4711)
    with pytest.raises(ChatTaken):
        link(issue_code(cast.ada), 4711)
    assert ChatCode.objects.filter(user=cast.ada).exists(), "the code is not lost by it"


def test_two_accounts_at_one_phone_in_one_instant(cast):
    codes = [issue_code(cast.cora), issue_code(cast.ada)]
    results = at_once([lambda code=code: link(code, 4711) for code in codes])
    assert sorted(type(one).__name__ for one in results) == ["ChatTaken", "User"], results


def test_one_code_at_two_phones_in_one_instant(cast):
    code = issue_code(cast.cora)
    results = at_once([lambda phone=phone: link(code, phone) for phone in range(4)])
    assert sorted(type(one).__name__ for one in results) == ["CodeNotValid"] * 3 + ["User"], results
    assert LinkedChat.objects.count() == 1


def test_who_has_no_role_gets_no_code(cast):
    with pytest.raises(NotFound):
        issue_code(cast.person("roleless"))


def test_an_alarm_rings_there_and_its_button_silences_it(telegram, cast, phone_of):
    cora, clara = cast.cora, cast.person("clara", roles=["coordinator"], supervises=[cast.phone])
    one, two = phone_of(cora), phone_of(clara)
    raise_alarm(cast.phone, "nobody_took", "K7QX2M", text=TEXT)
    telegram.run()
    assert "K7QX2M" in telegram.last(one)["text"] and telegram.buttons(two) == ["I see to it"]
    assert telegram.press(one, "I see to it") == "Thank you. It is quiet now."
    assert Alarm.objects.get().acknowledged_by == cora
    assert telegram.last(one)["text"].endswith("You see to it. Thank you.")
    assert telegram.last(two)["text"].endswith("Cora sees to it.") and telegram.buttons(two) == []
    assert not Message.objects.filter(channel="email").exists()


def test_a_button_works_for_whoever_was_rung_alone(telegram, cast, phone_of):
    assert phone_of(cast.cora)
    other = phone_of(cast.person("clara", roles=["coordinator"], supervises=[cast.crawl]))
    stranger = telegram.phone("Stranger")
    raise_alarm(cast.phone, "nobody_took", "K7QX2M", text=TEXT)
    telegram.run()
    stolen = [[{"text": "Not mine", "data": f"alarm.{AlarmCall.objects.get().token}"}]]
    for person in (other, stranger):
        content = {"text": "Forged", "buttons": stolen}
        enqueue(channel="telegram", recipient=str(person), content=content, key=f"forged{person}", purpose="test")
        telegram.send()
        assert telegram.press(person, "Not mine") == "This button is not valid here."
    assert Alarm.objects.open().exists()


def test_whoever_lost_the_right_silences_nothing_by_an_old_button(telegram, cast, phone_of):
    one = phone_of(cast.cora)
    raise_alarm(cast.phone, "nobody_took", "K7QX2M", text=TEXT)
    telegram.run()
    cast.cora.groups.clear()
    assert "does not exist" in telegram.press(one, "I see to it")
    assert Alarm.objects.open().exists()


def test_a_blocked_bot_costs_nobody_the_alarm(telegram, cast, phone_of):
    one = phone_of(cast.cora)
    telegram.client.block(one)
    raise_alarm(cast.phone, "nobody_took", "K7QX2M", text=TEXT)
    telegram.send()
    assert Message.objects.get(channel="email").address() == "cora@example.org"
    assert not LinkedChat.objects.get().is_reachable


def test_unlinked_by_the_bot_nothing_rings_there(telegram, cast, phone_of):
    one = phone_of(cast.cora)
    telegram.write(one, "/unlink")
    assert "Unlinked" in telegram.last(one)["text"]
    assert not LinkedChat.objects.exists()
    telegram.write(one, "/unlink")
    assert "do not know" in telegram.last(one)["text"]


def test_a_trial_rings_by_every_way(telegram, cast, phone_of, cache_in_memory):
    one = phone_of(cast.cora)
    chats.try_out(cast.cora)
    telegram.send()
    assert "trial" in telegram.last(one)["text"]
    assert Message.objects.get(channel="email").address() == "cora@example.org"
    assert not Alarm.objects.exists()
    assert AuditEntry.objects.filter(action="chat.tried", actor=cast.cora).exists()


def test_trials_have_an_end_and_need_a_way(cast, cache_in_memory):
    for _turn in range(6):
        chats.try_out(cast.cora)
    with pytest.raises(TooOften):
        chats.try_out(cast.cora)
    with pytest.raises(NoWay):
        chats.try_out(cast.person("mute", roles=["coordinator"], email=""))
    with pytest.raises(NotFound):
        chats.try_out(cast.person("roleless"))


def test_a_trial_that_fails_calls_nobody(telegram, cast, phone_of, cache_in_memory):
    one = phone_of(cast.ada)
    telegram.client.block(one)
    chats.try_out(cast.ada)
    telegram.send()
    assert not Alarm.objects.exists() and not LinkedChat.objects.get().is_reachable
