"""What an alias looks like: two that could be mistaken for each other have one mark."""

import unicodedata

from hotline.lib import crypto
from hotline.lib.keyring import keyring

# Signs of other scripts, and digits, that are read as one of a–z. Those that merely resemble one stay apart.
_ALIKE = str.maketrans(
    "авеіјкмнорсѕтухԁһӏԛԝ" + "αβγεικνορτυχω" + "01|ıłøđɡ",
    "abeijkmhopcstyxdhlqw" + "abyeikvoptyxw" + "ollilodg",
)


def skeleton(alias: str) -> str:
    """What is left of an alias (str) when everything is taken away that an eye easily misses; empty without any letter."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", alias).casefold())
    letters = "".join(sign for sign in plain if sign == "|" or unicodedata.category(sign)[0] in "LN")
    return letters.translate(_ALIKE).replace("rn", "m").replace("vv", "w").replace("i", "l")


def mark(group, alias: str) -> bytes:
    """Under what an alias in `group` (Group) is stored and found, bytes(32): in another group it is another one."""
    return crypto.keyed_hash(keyring().subkey("group-alias"), group.code, skeleton(alias))
