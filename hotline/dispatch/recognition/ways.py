"""E-mail addresses, links to profiles, and names with an @."""

import re

from hotline.dispatch.recognition.found import Found, Kind

_AT = r"(?:@|\s?[(\[{]\s?(?:at|ät|a|собака|@)\s?[)\]}]\s?)"
_DOT = r"(?:\.|\s?[(\[{]\s?(?:dot|punkt|punktum|крапка|точка)\s?[)\]}]\s?)"
_EMAIL = re.compile(rf"(?<![\w.+-])([\w.+%-]{{1,64}}){_AT}([\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{1,4}})", re.IGNORECASE)
# Sites on which the first part of the path is a person, a group or a channel.
_SITES = (
    r"t\.me|telegram\.me|instagram\.com|facebook\.com|fb\.com|m\.me|x\.com|twitter\.com|vk\.com|vk\.me|ok\.ru|wa\.me"
    r"|tiktok\.com|threads\.net|chats\.viber\.com|invite\.viber\.com|signal\.me|linkedin\.com"
)
_LINK = re.compile(
    rf"(?<![\w@.-])(?:https?://)?(?:(?:www|m|web)\.)?(?:{_SITES})/[\w.+%?=&#@/-]{{1,120}}|viber://[\w?=&%+/.-]{{1,120}}",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w@.])@[\w](?:[\w.]{1,38}[\w])")


def find(text):
    """E-mail addresses, links and names with an @ in `text`, as a list of Found."""
    found = [
        Found(Kind.EMAIL, one.start(), one.end(), _plain_dots(f"{one[1]}@{one[2]}")) for one in _EMAIL.finditer(text)
    ]
    for one in _LINK.finditer(text):
        link = one[0].rstrip(".,?/&=")
        found.append(Found(Kind.LINK, one.start(), one.start() + len(link), link))
    found += [Found(Kind.HANDLE, one.start(), one.end(), one[0]) for one in _HANDLE.finditer(text)]
    return found


def _plain_dots(address):
    return re.sub(_DOT, ".", address, flags=re.IGNORECASE)
