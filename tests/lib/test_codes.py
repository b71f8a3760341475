import re
from itertools import combinations

import pytest
from rapidfuzz.distance import DamerauLevenshtein

from hotline.lib import codes
from hotline.lib.languages import LANGUAGES

# Sounds that a bad line or another mother tongue makes one.
ALIKE = str.maketrans("bdgcqwvzyмбдгґхвзжщыіэяюо", "ptkkkffsiнпткккфсшшииеауа")
CODES = [code for code, _ in LANGUAGES]


def sound(word):
    word = word.replace("ph", "f").replace("kj", "sj")
    word = word.translate(ALIKE).replace("ь", "").replace("ъ", "")
    return re.sub(r"(.)\1", r"\1", word)


@pytest.mark.parametrize("language", CODES)
def test_each_language_has_words_of_its_own_in_number(language):
    words = codes.word_list(language)
    assert len(words) >= 256  # three of them are 24 random bits or more
    assert len(set(words)) == len(words)
    assert all(3 <= len(word) <= 10 and word.isalpha() and word.islower() for word in words)
    if language != "en":
        assert words != codes.word_list("en")


@pytest.mark.parametrize("language", CODES)
def test_no_two_words_of_a_language_are_confused(language):
    words = [codes.normalise_spoken(word) for word in codes.word_list(language)]
    near = [
        pair
        for pair in combinations(words, 2)
        if DamerauLevenshtein.distance(*pair) < 2 or DamerauLevenshtein.distance(*map(sound, pair)) < 2
    ]
    assert near == []


@pytest.mark.parametrize("language", CODES)
def test_a_spoken_code_is_three_words_and_stays_itself_however_it_is_typed(language):
    code = codes.spoken_code(language)
    words = code.split("-")
    assert len(words) == 3
    assert set(words) <= set(codes.word_list(language))
    typed = f"  {words[0].upper()}, {words[1].title()} – {words[2]}. "
    assert codes.normalise_spoken(typed) == codes.normalise_spoken(code)


def test_a_language_without_words_gets_english():
    assert codes.word_list("pl") == codes.word_list("en")
    assert codes.word_list("../words/de") == codes.word_list("en")


def test_accents_fall_away():
    assert codes.normalise_spoken("Їжак-Ёлка") == codes.normalise_spoken("іжак елка")


def test_spoken_codes_hardly_ever_repeat():
    assert len({codes.spoken_code("en") for _ in range(1000)}) > 990


def test_public_codes_are_ten_characters_that_nobody_mixes_up():
    made = {codes.public_code() for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{10}", code) for code in made)


def test_tokens_are_random_and_fit_into_addresses():
    made = {codes.token() for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"[\w-]{22}", token) for token in made)
    assert len(codes.token(32)) == 43


def test_a_token_is_stored_as_a_hash_of_one_purpose(ring):
    assert codes.hash_token("abc", "link") == codes.hash_token("abc", "link")
    assert codes.hash_token("abc", "link") != codes.hash_token("abc", "offer")
    assert codes.hash_token("abc", "link") != codes.hash_token("abd", "link")
    assert len(codes.hash_token("abc", "link")) == 32


def test_the_hash_of_a_token_needs_the_site_key(ring, settings, tmp_path):
    before = codes.hash_token("abc", "link")
    settings.KEYRING_DIR = tmp_path / "other"
    codes.keyring().create_site_key()
    assert codes.hash_token("abc", "link") != before
