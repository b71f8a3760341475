"""The simulator's people and groups, as python-telegram-bot hears of them."""

import pytest
from telegram import ChatMember, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, ChatMigrated, Forbidden


async def drain(bot):
    """All updates that wait, confirmed."""
    updates = await bot.get_updates()
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1)
    return updates


async def test_deep_link_brings_its_code(library_bot, simulator):
    vera = simulator.person("Vera", started=False, language="uk", username="vera")
    simulator.start(vera, "Kod_9-x")
    (update,) = await drain(library_bot)
    assert update.message.text == "/start Kod_9-x"
    assert update.message.entities[0].type == "bot_command"
    assert update.effective_user.language_code == "uk"
    assert update.effective_chat.username == "vera"


@pytest.mark.parametrize("code", ["with space", "ж", "x" * 65, "a/b"])
def test_links_carry_no_other_codes(simulator, code):
    vera = simulator.person("Vera")
    with pytest.raises(AssertionError, match="link code"):
        simulator.start(vera, code)


async def test_private_words_reach_the_bot_only_after_start(library_bot, simulator):
    vera = simulator.person("Vera", started=False)
    with pytest.raises(AssertionError, match="has not pressed Start"):
        simulator.text(vera, "Hello")
    simulator.text(vera, "/start")
    simulator.text(vera, "Hello")
    assert [update.message.text for update in await drain(library_bot)] == ["/start", "Hello"]


async def test_group_with_several_members(library_bot, simulator):
    vera, viktor, cora = (simulator.person(name) for name in ("Vera", "Viktor", "Cora"))
    group = simulator.group("Rooms", vera, viktor)
    (added,) = await drain(library_bot)
    assert added.my_chat_member.new_chat_member.status == ChatMember.MEMBER
    assert added.effective_chat.title == "Rooms"
    simulator.start(viktor, "code", chat=group)
    (update,) = await drain(library_bot)
    assert (update.message.text, update.effective_user.id) == (f"/start@{simulator.username} code", viktor)
    assert update.effective_chat.type == "group"
    assert await library_bot.get_chat_member_count(group) == 3
    assert (await library_bot.get_chat_member(group, vera)).status == ChatMember.OWNER
    assert (await library_bot.get_chat_member(group, viktor)).status == ChatMember.MEMBER
    assert (await library_bot.get_chat_member(group, cora)).status == ChatMember.LEFT
    assert [entry.user.id for entry in await library_bot.get_chat_administrators(group)] == [vera]
    assert (await library_bot.get_chat(group)).title == "Rooms"
    with pytest.raises(AssertionError, match="cannot write there"):
        simulator.text(cora, "/open", chat=group)


async def test_every_member_may_press_in_a_group(library_bot, simulator):
    vera, viktor, cora = (simulator.person(name) for name in ("Vera", "Viktor", "Cora"))
    group = simulator.group("Rooms", vera, viktor)
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Accept", callback_data="a")]])
    await library_bot.send_message(group, "Hello", reply_markup=markup)
    await drain(library_bot)
    simulator.press(viktor, "Accept", chat=group)
    (update,) = await drain(library_bot)
    assert (update.callback_query.from_user.id, update.callback_query.message.chat.id) == (viktor, group)
    with pytest.raises(AssertionError, match="not in that chat"):
        simulator.press(cora, "Accept", chat=group)
    with pytest.raises(AssertionError, match="no button"):
        simulator.press(viktor, "Refuse", chat=group)


async def test_in_groups_the_bot_hears_only_what_is_for_it(library_bot, simulator):
    vera = simulator.person("Vera")
    group = simulator.group("Rooms", vera)
    own = await library_bot.send_message(group, "Who?")
    await drain(library_bot)
    for words in ("Hello", "/open", "/open@other_bot", f"/open@{simulator.username}", f"hey @{simulator.username}"):
        simulator.text(vera, words, chat=group)
    simulator.text(vera, "me", chat=group, reply_to=own.message_id)
    heard = [update.message.text for update in await drain(library_bot)]
    assert heard == ["/open", f"/open@{simulator.username}", f"hey @{simulator.username}", "me"]


async def test_members_come_and_go(library_bot, simulator):
    vera, viktor = simulator.person("Vera"), simulator.person("Viktor")
    group = simulator.group("Rooms", vera)
    await drain(library_bot)
    simulator.post("members", chat=group, add=[viktor])
    simulator.post("members", chat=group, remove=[viktor])
    joined, left = await drain(library_bot)
    assert joined.message.new_chat_members[0].id == viktor
    assert left.message.left_chat_member.id == viktor


@pytest.mark.parametrize(
    ("status", "said"),
    [("kicked", "bot was kicked from the group chat"), ("left", "bot is not a member of the group chat")],
)
async def test_bot_that_is_out_of_a_group_is_told(library_bot, simulator, status, said):
    vera = simulator.person("Vera")
    group = simulator.group("Rooms", vera)
    sent = await library_bot.send_message(group, "Hello")
    await drain(library_bot)
    simulator.post("members", chat=group, bot=status)
    (update,) = await drain(library_bot)
    assert update.my_chat_member.new_chat_member.status == ("kicked" if status == "kicked" else "left")
    for attempt in (library_bot.send_message(group, "Hello"), sent.edit_text("Hi")):
        with pytest.raises(Forbidden, match=said):
            await attempt
    simulator.text(vera, "/open", chat=group)
    assert await drain(library_bot) == ()


async def test_bot_leaves_a_group(library_bot, simulator):
    vera = simulator.person("Vera")
    group = simulator.group("Rooms", vera)
    assert await library_bot.leave_chat(group)
    with pytest.raises(Forbidden, match="bot is not a member"):
        await library_bot.send_message(group, "Hello")
    with pytest.raises(BadRequest):
        await library_bot.leave_chat(vera)


async def test_group_becomes_a_supergroup(library_bot, simulator):
    vera = simulator.person("Vera")
    group = simulator.group("Rooms", vera)
    sent = await library_bot.send_message(group, "Hello")
    await drain(library_bot)
    new = simulator.post("migrate", chat=group)["id"]
    old_notice, new_notice = await drain(library_bot)
    assert old_notice.message.migrate_to_chat_id == new
    assert new_notice.message.migrate_from_chat_id == group
    with pytest.raises(ChatMigrated) as moved:
        await library_bot.send_message(group, "Hello")
    assert moved.value.new_chat_id == new
    with pytest.raises(BadRequest, match="(?i)message can't be edited"):
        await sent.edit_text("Hi")
    assert (await library_bot.send_message(new, "Hello")).chat.type == "supergroup"
    assert (await library_bot.get_chat_member(new, vera)).status == ChatMember.OWNER
    with pytest.raises(AssertionError, match="once"):
        simulator.post("migrate", chat=group)


async def test_bot_hears_of_blocking_once(library_bot, simulator):
    vera = simulator.person("Vera")
    simulator.block(vera)
    simulator.block(vera)
    simulator.start(vera)
    blocked, back, start = await drain(library_bot)
    assert blocked.my_chat_member.new_chat_member.status == ChatMember.BANNED
    assert back.my_chat_member.new_chat_member.status == ChatMember.MEMBER
    assert start.message.text == "/start"


async def test_strangers_and_wrong_users_are_not_found(library_bot, simulator):
    vera = simulator.person("Vera", started=False)
    for attempt in (
        library_bot.get_chat(vera),
        library_bot.get_chat(5),
        library_bot.get_chat_member(simulator.group("Rooms", vera), 5),
        library_bot.get_chat_member(simulator.group("Rooms", vera), -5),
    ):
        with pytest.raises(BadRequest):
            await attempt


async def test_commands_are_kept_for_each_language(library_bot, simulator):
    await library_bot.set_my_commands([("open", "My requests")])
    await library_bot.set_my_commands([("open", "Мої запити")], language_code="uk")
    assert [command.description for command in await library_bot.get_my_commands(language_code="uk")] == ["Мої запити"]
    assert [command.description for command in await library_bot.get_my_commands()] == ["My requests"]
    await library_bot.delete_my_commands()
    assert await library_bot.get_my_commands() == ()
    with pytest.raises(BadRequest):
        await library_bot.set_my_commands([("Open It", "My requests")])
    with pytest.raises(BadRequest):
        await library_bot.set_my_commands([("open", "")])


async def test_typing_is_accepted(library_bot, simulator):
    assert await library_bot.send_chat_action(simulator.person("Vera"), "typing")
