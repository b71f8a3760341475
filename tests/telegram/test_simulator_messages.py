"""The simulator, asked by python-telegram-bot itself: sending, changing and removing messages, and their buttons."""

import json

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, ReplyKeyboardMarkup
from telegram.error import BadRequest, Forbidden, InvalidToken

from hotline.telegram.simulator.entities import parse_html
from hotline.telegram.simulator.errors import ApiError


def buttons(*rows):
    """Inline buttons out of rows of (words, data)."""
    keyboard = [[InlineKeyboardButton(words, callback_data=data) for words, data in row] for row in rows]
    return InlineKeyboardMarkup(keyboard)


async def test_bot_knows_itself(library_bot, simulator):
    assert (await library_bot.get_me()).username == simulator.username


async def test_another_token_is_refused(library_bot, simulator):
    answer = await library_bot.request.do_request(f"{simulator.url}/bot1:other/getMe", "POST")
    assert answer[0] == 401
    with pytest.raises(InvalidToken):
        await library_bot.request.post(f"{simulator.url}/bot1:other/getMe")


async def test_message_with_buttons_arrives_is_pressed_and_changed(library_bot, simulator):
    vera = simulator.person("Vera")
    sent = await library_bot.send_message(
        vera, "<b>Two</b> rooms", parse_mode="HTML", reply_markup=buttons([("Accept", "a"), ("Decline", "d")])
    )
    assert sent.text == "Two rooms"
    assert sent.entities[0].type == "bold"
    simulator.press(vera, "Accept")
    (update,) = await library_bot.get_updates(timeout=5)
    assert (update.callback_query.data, update.callback_query.from_user.id) == ("a", vera)
    assert await update.callback_query.answer("Thank you", show_alert=True)
    edited = await update.callback_query.edit_message_text("Yours")
    assert edited.edit_date
    (message,) = simulator.messages(vera)
    assert [(version["text"], len(version["buttons"])) for version in message["versions"]] == [
        ("Two rooms", 1),
        ("Yours", 0),
    ]
    (query,) = simulator.state()["queries"]
    assert query["answer"] == {"text": "Thank you", "alert": True, "url": ""}


async def test_message_ids_repeat_from_chat_to_chat(library_bot, simulator):
    vera, viktor = simulator.person("Vera"), simulator.person("Viktor")
    first = await library_bot.send_message(vera, "Hello")
    second = await library_bot.send_message(viktor, "Hello")
    assert first.message_id == second.message_id


async def test_answer_to_a_message_names_it(library_bot, simulator):
    vera = simulator.person("Vera")
    first = await library_bot.send_message(vera, "Where?")
    second = await library_bot.send_message(vera, "There?", reply_to_message_id=first.message_id)
    assert second.reply_to_message.text == "Where?"
    with pytest.raises(BadRequest, match="(?i)message to be replied not found"):
        await library_bot.send_message(vera, "There?", reply_to_message_id=99)


async def test_nobody_is_written_to_before_start(library_bot, simulator):
    vera = simulator.person("Vera", started=False)
    with pytest.raises(Forbidden, match="(?i)bot can't initiate conversation with a user"):
        await library_bot.send_message(vera, "Hello")
    simulator.start(vera)
    assert await library_bot.send_message(vera, "Hello")


@pytest.mark.parametrize("chat", [77, -77, "@nobody", "Vera"])
async def test_unknown_chat_is_not_found(library_bot, chat):
    with pytest.raises(BadRequest, match="(?i)chat not found"):
        await library_bot.send_message(chat, "Hello")


async def test_blocked_bot_neither_sends_nor_edits(library_bot, simulator):
    vera = simulator.person("Vera")
    sent = await library_bot.send_message(vera, "Hello")
    simulator.block(vera)
    with pytest.raises(Forbidden, match="(?i)bot was blocked by the user"):
        await library_bot.send_message(vera, "Hello")
    with pytest.raises(Forbidden, match="(?i)bot was blocked by the user"):
        await sent.edit_text("Again")
    simulator.block(vera, blocked=False)
    assert await library_bot.send_message(vera, "Hello")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "message text is empty"),
        (" \n ", "text must be non-empty"),
        ("<b> </b>", "text must be non-empty"),
        ("x" * 4097, "message is too long"),
        ("<b>open", "can't parse entities: can't find end tag corresponding to start tag \"b\""),
        ("<p>no</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("ж<br>", 'Unsupported start tag "br" at byte offset 2'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2|Unclosed start tag at byte offset 2'),
        ("a </b>", "Unexpected end tag at byte offset 2"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<a href>x</a>", "Expected equal sign"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler"'),
    ],
)
async def test_bad_text_is_refused(library_bot, simulator, text, said):
    vera = simulator.person("Vera")
    with pytest.raises(BadRequest, match=f"(?i){said}"):
        await library_bot.send_message(vera, text, parse_mode="HTML")
    assert simulator.messages(vera) == []


async def test_length_is_counted_after_reading_the_markup(library_bot, simulator):
    vera = simulator.person("Vera")
    sent = await library_bot.send_message(vera, f"  <b>{'&amp;' * 4096}</b>\n", parse_mode="HTML")
    assert sent.text == "&" * 4096
    assert (sent.entities[0].offset, sent.entities[0].length) == (0, 4096)


def test_markup_gives_offsets_in_utf16_and_leaves_unknown_references():
    text, found = parse_html('🏠 <a href="https://x.org/?a=1&amp;b=2">R&#246;mer</a> &copy; <i>&lt;b&gt;</i> &')
    assert text == "🏠 Römer &copy; <b> &"
    assert found == [
        {"type": "text_link", "offset": 3, "length": 5, "url": "https://x.org/?a=1&b=2"},
        {"type": "italic", "offset": 16, "length": 3},
    ]


@pytest.mark.parametrize("text", ["<", "</", "<b", "</b", "<b ", "<a href=", "<a href='", "<b>x</", "&#;", "<a =>"])
def test_torn_markup_is_read_or_refused_but_never_breaks(text):
    try:
        parse_html(text)
    except ApiError as refusal:
        assert refusal.code == 400


@pytest.mark.parametrize(
    ("button", "said"),
    [
        ({"text": "x", "callback_data": "d" * 65}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": "ж" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": ""}, "Text buttons are unallowed"),
        ({"text": "x"}, "Text buttons are unallowed"),
        ({"text": "x", "callback_data": "d", "url": "https://x.org"}, "exactly one"),
        ({"callback_data": "d"}, 'Field "text" must be of type String'),
        ({"text": " ", "callback_data": "d"}, "text must be non-empty"),
        ({"text": "x", "url": "javascript:alert(1)"}, "Unsupported URL protocol"),
        ({"text": "x", "url": "https://intranet/o/"}, "Wrong HTTP URL"),
        ("x", "must be an Object"),
    ],
)
async def test_bad_button_is_refused(library_bot, simulator, button, said):
    vera = simulator.person("Vera")
    markup = json.dumps({"inline_keyboard": [[button]]})
    with pytest.raises(BadRequest, match=f"(?i){said}"):
        await library_bot.send_message(vera, "Hello", api_kwargs={"reply_markup": markup})
    assert simulator.messages(vera) == []


@pytest.mark.parametrize("url", ["https://x.org/o/1/", "http://localhost:8000/o/1/", "tg://user?id=1"])
async def test_good_buttons_are_taken(library_bot, simulator, url):
    vera = simulator.person("Vera")
    keyboard = [[InlineKeyboardButton("Open", url=url)], [InlineKeyboardButton("Data", callback_data="d" * 64)]]
    await library_bot.send_message(vera, "Hello", reply_markup=InlineKeyboardMarkup(keyboard))
    assert simulator.press(vera, "Open") == {"url": url}
    assert simulator.press(vera, data="d" * 64)["data"] == "d" * 64


async def test_edit_takes_inline_buttons_only(library_bot, simulator):
    vera = simulator.person("Vera")
    sent = await library_bot.send_message(vera, "Hello", reply_markup=ReplyKeyboardMarkup([["Yes"]]))
    with pytest.raises(BadRequest, match="(?i)inline keyboard expected"):
        await sent.edit_text("Hi", reply_markup=ReplyKeyboardMarkup([["Yes"]]))


async def test_edit_that_changes_nothing_is_refused(library_bot, simulator):
    vera = simulator.person("Vera")
    sent = await library_bot.send_message(vera, "Hello", reply_markup=buttons([("Accept", "a")]))
    with pytest.raises(BadRequest, match="(?i)message is not modified"):
        await sent.edit_text(" Hello ", reply_markup=buttons([("Accept", "a")]))
    with pytest.raises(BadRequest, match="(?i)message is not modified"):
        await sent.edit_reply_markup(buttons([("Accept", "a")]))
    await sent.edit_text("Hello")  # without its buttons it is another message
    with pytest.raises(BadRequest, match="(?i)message is not modified"):
        await sent.edit_reply_markup(None)
    assert len(simulator.messages(vera)[0]["versions"]) == 2


async def test_only_own_messages_that_exist_are_edited(library_bot, simulator):
    vera = simulator.person("Vera")
    theirs = simulator.text(vera, "Hello")
    with pytest.raises(BadRequest, match="(?i)message can't be edited"):
        await library_bot.edit_message_text("Hi", vera, theirs["id"])
    with pytest.raises(BadRequest, match="(?i)message to edit not found"):
        await library_bot.edit_message_text("Hi", vera, 99)
    sent = await library_bot.send_message(vera, "Hello")
    simulator.post("delete", chat=vera, message=sent.message_id)
    with pytest.raises(BadRequest, match="(?i)message to edit not found"):
        await sent.edit_text("Hi")


async def test_deleted_message_is_gone_and_deleted_once(library_bot, simulator):
    vera = simulator.person("Vera")
    sent = await library_bot.send_message(vera, "Hello")
    assert await sent.delete()
    assert simulator.messages(vera) == []
    with pytest.raises(BadRequest, match="(?i)message to delete not found"):
        await sent.delete()


async def test_in_groups_only_own_messages_are_deleted(library_bot, simulator):
    vera = simulator.person("Vera")
    group = simulator.group("Rooms", vera)
    theirs = simulator.text(vera, "/open", chat=group)
    with pytest.raises(BadRequest, match="(?i)message can't be deleted"):
        await library_bot.delete_message(group, theirs["id"])


async def test_press_is_answered_once_and_soon(library_bot, simulator):
    vera = simulator.person("Vera")
    await library_bot.send_message(vera, "Hello", reply_markup=buttons([("Accept", "a")]))
    first = simulator.press(vera, "Accept")["query"]
    with pytest.raises(BadRequest, match="(?i)MESSAGE_TOO_LONG"):
        await library_bot.answer_callback_query(first, "x" * 201)
    assert await library_bot.answer_callback_query(first)
    with pytest.raises(BadRequest, match="(?i)query is too old"):
        await library_bot.answer_callback_query(first)
    late = simulator.press(vera, "Accept")["query"]
    simulator.settings(callback_seconds=-1)
    with pytest.raises(BadRequest, match="(?i)query is too old"):
        await library_bot.answer_callback_query(late)
    with pytest.raises(BadRequest, match="(?i)query is too old"):
        await library_bot.answer_callback_query("1")


async def test_log_names_unknown_parameters_and_methods(library_bot, simulator):
    vera = simulator.person("Vera")
    await library_bot.send_message(vera, "Hello", api_kwargs={"colour": "red"})
    (call,) = simulator.calls("sendMessage")
    assert (call["unknown"], call["status"], call["applied"]) == (["colour"], 200, True)
    assert call["at"] <= call["finished"]
    status, _ = await library_bot.request.do_request(f"{simulator.url}/bot{simulator.token}/sendMesage", "POST")
    assert status == 404


async def test_parameters_come_as_form_query_json_or_multipart(library_bot, simulator):
    vera = simulator.person("Vera")
    url = f"{simulator.url}/bot{simulator.token}/sendMessage"
    values = {"chat_id": vera, "text": "a & ж", "reply_markup": {"inline_keyboard": []}}
    form = values | {"reply_markup": json.dumps(values["reply_markup"])}
    client = library_bot.request._client
    for request in (
        {"json": values},
        {"data": form},
        {"params": form},
        {"data": form, "files": {"picture": ("a.txt", b"x")}},
    ):
        answer = await client.post(url, **request)
        assert answer.json()["result"]["text"] == "a & ж", request
    assert (await client.post(url, content=b"{", headers={"content-type": "application/json"})).status_code == 400
    assert (await client.post(url, content=b"x" * 2_000_000)).status_code == 400
