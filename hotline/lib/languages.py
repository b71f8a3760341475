"""The languages of the house, the languages people may speak, and texts that are data."""

from django.utils.translation import get_language

LANGUAGES = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("nb", "Norsk bokmål"),
    ("uk", "Українська"),
    ("ru", "Русский"),
]

# What people may speak, by its own name: nobody has to read English to find their language.
SPOKEN = {
    "uk": "Українська",
    "ru": "Русский",
    "en": "English",
    "de": "Deutsch",
    "nb": "Norsk",
    "pl": "Polski",
    "ro": "Română",
    "bg": "Български",
    "cs": "Čeština",
    "sk": "Slovenčina",
    "hu": "Magyar",
    "tr": "Türkçe",
    "crh": "Qırımtatarca",
    "rom": "Romani",
    "ka": "ქართული",
    "hy": "Հայերեն",
    "ar": "العربية",
    "fa": "فارسی",
    "ps": "پښتو",
    "ku": "Kurdî",
    "so": "Soomaali",
    "ti": "ትግርኛ",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "pt": "Português",
    "vi": "Tiếng Việt",
    "zh": "中文",
    "sgn": "Gebärdensprache / Sign language",
}


def localized(texts: dict[str, str] | None, language: str | None = None) -> str:
    """
    The text in the given language (else the active one); where that is missing or empty English, else any.

    Empty when there is no text at all.
    """
    if not texts:
        return ""
    code = language or get_language() or "en"
    for candidate in (code, code.split("-")[0], "en"):
        if texts.get(candidate):
            return texts[candidate]
    return next((text for text in texts.values() if text), "")
