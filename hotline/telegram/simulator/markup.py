"""Buttons under a message: read from JSON and checked by the rules of the Bot API."""

import json
from urllib.parse import urlsplit

from hotline.telegram.simulator.errors import bad_request

KINDS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
OTHER_MARKUP = ("keyboard", "remove_keyboard", "force_reply")
MAX_BUTTONS = 100
MAX_BUTTONS_IN_A_ROW = 8


def read(value: str, inline_only: bool) -> list[list[dict]]:
    """Rows of buttons out of the parameter `reply_markup`, [] when there are none.

    Keyboards that replace the phone's own are accepted on new messages and not shown; `inline_only` refuses them.
    """
    if not value:
        return []
    try:
        markup = json.loads(value)
    except ValueError:
        raise bad_request("can't parse reply keyboard markup JSON object") from None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if any(markup.get(kind) for kind in OTHER_MARKUP):
        if inline_only:
            raise bad_request("inline keyboard expected")
        return []
    rows = markup.get("inline_keyboard", [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    return [[_button(button) for button in row] for row in rows if row]


def check(rows: list[list[dict]]) -> None:
    """What Telegram's own servers refuse later: sizes and addresses."""
    for button in (button for row in rows for button in row):
        if not button["text"].strip():
            raise bad_request("inline keyboard button text must be non-empty")
        if "callback_data" in button and len(button["callback_data"].encode()) > 64:
            raise bad_request("BUTTON_DATA_INVALID")
        if "url" in button:
            _check_url(button["url"])
    if sum(len(row) for row in rows) > MAX_BUTTONS or any(len(row) > MAX_BUTTONS_IN_A_ROW for row in rows):
        raise bad_request("reply markup is too long")


def _button(button) -> dict:
    def refuse(reason):
        return bad_request(f"can't parse inline keyboard button: {reason}")

    if not isinstance(button, dict):
        raise refuse("InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise refuse('Field "text" must be of type String')
    used = [kind for kind in KINDS if button.get(kind) not in (None, "")]
    if not used:
        raise refuse("Text buttons are unallowed in the inline keyboard")
    if len(used) > 1:
        # The documentation forbids it; Telegram itself would take the first and say nothing.
        raise refuse("exactly one of the optional fields must be used, found " + ", ".join(used))
    if used[0] in ("url", "callback_data") and not isinstance(button[used[0]], str):
        raise refuse(f'Field "{used[0]}" must be of type String')
    return button


def _check_url(url: str) -> None:
    def refuse(reason):
        return bad_request(f"inline keyboard button URL '{url}' is invalid: {reason}")

    try:
        parts = urlsplit(url)
    except ValueError:
        raise refuse("Wrong HTTP URL") from None
    if parts.scheme == "tg":
        return
    if parts.scheme not in ("http", "https"):
        raise refuse("Unsupported URL protocol")
    host = parts.hostname or ""
    # Telegram refuses hosts without a dot. The demo's own address is the one exception here.
    if any(sign.isspace() for sign in url) or not host or ("." not in host and host != "localhost"):
        raise refuse("Wrong HTTP URL")
