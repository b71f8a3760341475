"""Message text with HTML markup, read and refused as Telegram does it. Offsets of entities count UTF-16 code units."""

import re

from hotline.telegram.simulator.errors import bad_request

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot)(?![a-zA-Z]));?")
ATTRIBUTE = re.compile(r"""\s*([^\s=>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[A-Za-z0-9.\-]+))?""")
COMMAND = re.compile(r"(?:(?<=\s)|^)/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?")
LINK = re.compile(r"\bhttps?://[^\s<>]+")


def units(text: str) -> int:
    """The length of a text in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def read(text: str, parse_mode: str, entities: list | None) -> tuple[str, list[dict]]:
    """A bot's text as people will see it, with its entities, trimmed; raises ApiError as Telegram does."""
    mode = parse_mode.lower()
    if mode == "html":
        text, found = parse_html(text)
    elif mode in ("", "none"):
        found = [dict(entity) for entity in entities or []]
    elif mode in ("markdown", "markdownv2"):
        raise bad_request("can't parse entities: this simulator reads HTML only")
    else:
        raise bad_request("unsupported parse_mode")
    text, found = _trim(text, found)
    if not text:
        raise bad_request("text must be non-empty")
    return text, found


def commands_and_links(text: str) -> list[dict]:
    """The entities that Telegram finds by itself in what a person writes."""
    found = []
    for kind, pattern in (("bot_command", COMMAND), ("url", LINK)):
        for match in pattern.finditer(text):
            found.append({"type": kind, "offset": units(text[: match.start()]), "length": units(match.group())})
    return sorted(found, key=lambda entity: entity["offset"])


def parse_html(markup: str) -> tuple[str, list[dict]]:
    """Plain text and entities of a text in Telegram's HTML; raises ApiError at the first mistake, naming its byte."""
    plain: list[str] = []
    found: list[dict] = []
    open_tags: list[tuple[str, dict, int]] = []
    at, offset = 0, 0
    while at < len(markup):
        sign = markup[at]
        if sign == "<" and markup.startswith("</", at):
            at = _end_tag(markup, at, open_tags, found, offset)
        elif sign == "<":
            at, name, extra = _start_tag(markup, at)
            open_tags.append((name, extra, offset))
        else:
            match = REFERENCE.match(markup, at) if sign == "&" else None
            letter = _referenced(match) if match else None
            at = match.end() if letter else at + 1
            plain.append(letter or sign)
            offset += units(letter or sign)
    if open_tags:
        raise _mistake(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    return "".join(plain), sorted(found, key=lambda entity: (entity["offset"], -entity["length"]))


def _mistake(sentence: str):
    return bad_request(f"can't parse entities: {sentence}")


def _byte(markup: str, at: int) -> int:
    return len(markup[:at].encode())


def _referenced(match: re.Match) -> str | None:
    """The letter that a reference stands for, None when Telegram leaves it as it is."""
    hexadecimal, decimal, name = match.groups()
    if name:
        return NAMED[name]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(code) if 0 < code < 0x10FFFF and not 0xD800 <= code <= 0xDFFF else None


def _resolve(value: str) -> str:
    return REFERENCE.sub(lambda match: _referenced(match) or match.group(), value)


def _start_tag(markup: str, begin: int) -> tuple[int, str, dict]:
    where = f"at byte offset {_byte(markup, begin)}"
    name_match = re.compile(r"[^\s>]*").match(markup, begin + 1)
    name, at = name_match.group().lower(), name_match.end()
    if at >= len(markup):
        raise _mistake(f"Unclosed start tag {where}")
    if name not in TAGS:
        raise _mistake(f'Unsupported start tag "{name}" {where}')
    attributes: dict[str, str] = {}
    while True:
        while at < len(markup) and markup[at].isspace():
            at += 1
        if at >= len(markup):
            raise _mistake(f"Unclosed start tag {where}")
        if markup[at] == ">":
            break
        match = ATTRIBUTE.match(markup, at)
        if match is None:
            raise _mistake(f'Empty attribute name in the tag "{name}" {where}')
        value = match.group(2)
        if value is None and (name, match.group(1)) != ("blockquote", "expandable"):
            raise _mistake(f'Expected equal sign in declaration of an attribute of the tag "{name}" {where}')
        attributes[match.group(1)] = _resolve((value or "").strip("\"'"))
        at = match.end()
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise _mistake(f'Tag "span" must have class "tg-spoiler" {where}')
    extra = {}
    if name == "a":
        extra["url"] = attributes.get("href", "")
    elif name == "tg-emoji":
        extra["custom_emoji_id"] = attributes.get("emoji-id", "")
    elif name == "code" and attributes.get("class", "").startswith("language-"):
        extra["language"] = attributes["class"].removeprefix("language-")
    return at + 1, name, extra


def _end_tag(markup: str, begin: int, open_tags: list, found: list[dict], offset: int) -> int:
    where = f"at byte offset {_byte(markup, begin)}"
    if not open_tags:
        raise _mistake(f"Unexpected end tag {where}")
    match = re.compile(r"</([^\s>]*)\s*(>?)").match(markup, begin)
    if not match.group(2):
        raise _mistake(f"Unclosed end tag {where}")
    name, extra, start = open_tags.pop()
    ended = match.group(1).lower()
    if ended and ended != name:
        raise _mistake(f'Unmatched end tag {where}, expected "</{name}>", found "</{ended}>"')
    # Telegram drops a link that leads nowhere, and keeps its words.
    if offset > start and (name != "a" or re.match(r"(https?|tg|mailto|tel):", extra["url"])):
        found.append({"type": TAGS[name], "offset": start, "length": offset - start, **extra})
    return match.end()


def _trim(text: str, found: list[dict]) -> tuple[str, list[dict]]:
    """Without white space at the ends, as Telegram keeps it, the entities moved along."""
    text = text.replace("\r", "")
    ahead = units(text[: len(text) - len(text.lstrip())])
    text = text.strip()
    length = units(text)
    kept = []
    for entity in found:
        begin = max(entity["offset"] - ahead, 0)
        end = min(entity["offset"] + entity["length"] - ahead, length)
        if end > begin:
            kept.append(entity | {"offset": begin, "length": end - begin})
    return text, kept
