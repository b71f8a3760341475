"""The guides are there for everybody, and lead where their readers stand."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from django.conf import settings as house_settings
from django.urls import reverse

from hotline.guides import PICTURES, SCALE, picture
from hotline.lib.languages import LANGUAGES
from tests.pictures.camera import unfit

WHO = ["operator", "crawler", "coordinator"]
FOLDER = house_settings.BASE_DIR / "static" / "guides"
NAMES = [f"{code}/{who}-{name}.webp" for code, _name in LANGUAGES for who in WHO for name in PICTURES[who]]
TAKEN = json.loads((Path(__file__).parent / "pictures" / "taken.json").read_text(encoding="utf-8"))
# Bytes: of one picture, which somebody waits for in a bad network, and of them all, which everybody clones.
LARGEST, ALL = 64_000, 2_500_000


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("language", [code for code, _name in LANGUAGES])
def test_a_guide_opens_for_everybody_in_every_language(client, db, who, language):
    answer = client.get(reverse(f"guide-{who}"), headers={"Accept-Language": language})
    page = answer.content.decode()
    assert answer.status_code == 200 and f'lang="{language}"' in page
    assert "/stop" in page or who != "coordinator"


def test_the_number_to_call_stands_in_it_where_there_is_one(client, db, settings):
    settings.HOTLINE_NUMBER = "+49 800 0000000"
    assert "Ask us at +49 800 0000000" in client.get(reverse("guide-coordinator")).content.decode()
    settings.HOTLINE_NUMBER = ""
    assert "Ask us at" not in client.get(reverse("guide-coordinator")).content.decode()


def test_the_desk_leads_to_its_guides(as_person, cast):
    page = as_person(cast.vera).get(reverse("dispatch:desk")).content.decode()
    assert reverse("guide-operator") in page and reverse("guide-crawler") in page


def size(path):
    """Width and height of a WebP picture that is one lossy frame and nothing else: no note of who or what made it."""
    content = path.read_bytes()
    assert (content[:4], content[8:16], content[23:26]) == (b"RIFF", b"WEBPVP8 ", b"\x9d\x01\x2a"), path
    assert len(content) == 20 + (length := int.from_bytes(content[16:20], "little")) + length % 2, path
    return tuple(int.from_bytes(content[at : at + 2], "little") for at in (26, 28))


def test_every_picture_is_there_in_every_language_and_small():
    found = {str(path.relative_to(FOLDER)): path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()}
    assert found.keys() == set(NAMES)
    assert {name: weight for name, weight in found.items() if weight > LARGEST} == {}
    assert sum(found.values()) < ALL


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("language", [code for code, _name in LANGUAGES])
def test_a_guide_shows_its_pictures_in_its_readers_language_and_true_size(client, db, who, language):
    page = client.get(reverse(f"guide-{who}"), headers={"Accept-Language": language}).content.decode()
    tags = re.findall(r"<img [^>]+>", page)
    shown = [re.search(r'src="/static/guides/([^"]+)"', tag)[1] for tag in tags]
    assert sorted(shown) == sorted(name for name in NAMES if name.startswith(f"{language}/{who}-"))
    for name, tag in zip(shown, tags, strict=True):
        width, height = size(FOLDER / name)
        assert f'width="{width // SCALE}" height="{height // SCALE}"' in tag
        assert (width % SCALE, height % SCALE) == (0, 0)
        assert 'loading="lazy"' in tag and len(re.search(r'alt="([^"]*)"', tag)[1]) > 20


def test_a_language_without_a_picture_shows_the_english_one():
    assert picture("operator", "form", "fr") == picture("operator", "form", "en")
    with pytest.raises(FileNotFoundError):
        picture("operator", "no-such", "fr")


def test_what_stands_in_the_pictures_is_invented_and_names_no_machine():
    assert TAKEN.keys() == set(NAMES), "Take the pictures anew: make pictures"
    for name in NAMES:
        digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
        assert digest == TAKEN[name]["sha256"], f"{name} is not the picture that taken.json tells of: make pictures"
        assert unfit(TAKEN[name]["says"]) == [], name


@pytest.mark.parametrize(
    "words",
    [
        "see /srv/hotline/var/db.sqlite3",
        "/home/vera/pictures",
        "C:\\Users",
        "http://localhost:8000/o/abc",
        "127.0.0.1",
        "on port :8147",
        "somebody@mail.test",
        "+49 30 1234567",
        "067 123 45 67",
    ],
)
def test_words_of_a_machine_or_a_real_person_are_unfit(words):
    assert unfit(f"Ring me, {words}, today") != []


def test_invented_words_are_fit():
    assert unfit("+380 67 000 00 21 or 07:45, alice@example.org, https://example.org/posts/412, 24.12., 1/3") == []
