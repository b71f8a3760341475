from functools import cache
from itertools import combinations

import pytest
from rapidfuzz.distance import DamerauLevenshtein

from hotline.lib import spoken
from hotline.lib.folding import fold
from hotline.lib.languages import LANGUAGES

CODES = [code for code, _ in LANGUAGES]
# So far apart are two words on the phone: steps of writing another letter, leaving one out, swapping two.
STEPS = 3
FIRST_LETTERS = 4
# Beginnings of what nobody in a war, in flight or in mourning should be made to say.
NEVER = {
    "en": "army bomb gun_ rifle knife kill dead death grave_ tank missile rocket war_ soldier enemy drone blood bullet mine_"
    " cannon bunker grenade coffin orphan prison",
    "de": "armee bombe waffe messer tod_ grab_ panzer rakete krieg soldat feind drohne blut kugel mine_ kanone bunker"
    " granate sarg waise haft_",
    "nb": "bombe våpen kniv død grav_ tank rakett krig soldat fiende drone blod kule mine_ kanon bunker granat kiste fengsel",
    "uk": "армія бомб збро ніж_ смерт могил танк ракет війн солдат ворог дрон кров куля міна гармат бункер гранат труна"
    " сирот полон шахед кинджал тривог окоп калібр калибр",
    "ru": "арми бомб оруж нож_ смерт могил танк_ ракет войн солдат враг дрон кров пуля мина_ пушк бункер гранат гроб"
    " сирот плен шахед кинжал тревог окоп калибр герань гвоздик тюльпан пион хохол хлопок",
}


sound = cache(fold)


def too_near(one, other):
    """Whether two words may be taken for each other: by how they begin, or by how they sound."""
    if one[:FIRST_LETTERS] == other[:FIRST_LETTERS]:
        return True
    return DamerauLevenshtein.distance(sound(one), sound(other), score_cutoff=STEPS - 1) < STEPS


@pytest.mark.parametrize("language", CODES)
def test_each_language_has_enough_words_of_its_own(language):
    words = spoken.word_list(language)
    assert len(words) >= 350
    assert len(set(words)) == len(words)
    assert all(4 <= len(word) <= 8 and word.isalpha() and word.islower() for word in words)
    if language != "en":
        assert words != spoken.word_list("en")


@pytest.mark.parametrize("language", CODES)
def test_no_two_words_of_a_language_are_taken_for_each_other(language):
    assert [pair for pair in combinations(spoken.word_list(language), 2) if too_near(*pair)] == []


def test_the_rule_knows_what_sounds_alike():
    assert too_near("berry", "bury")
    assert too_near("leek", "leak")
    assert too_near("lehrer", "leerer")
    assert too_near("гриб", "грип")
    assert not too_near("garden", "walrus")


@pytest.mark.parametrize("language", CODES)
def test_nobody_is_made_to_say_a_word_of_war_or_loss(language):
    said = [
        word for word in spoken.word_list(language) for bad in NEVER[language].split() if f"{word}_".startswith(bad)
    ]
    assert said == []


@pytest.mark.parametrize("language", CODES)
def test_a_spoken_code_is_three_words_and_stays_itself_however_it_is_typed(language):
    for _ in range(50):
        code = spoken.spoken_code(language)
        words = code.split("-")
        assert len(words) == spoken.CODE_WORDS
        assert set(words) <= set(spoken.word_list(language))
        heard = spoken.normalise_spoken(code)
        assert spoken.normalise_spoken(f"  {words[0].upper()}, {words[1].title()} – {words[2]}. ") == heard
        assert spoken.normalise_spoken("".join(words)) == heard
        assert spoken.normalise_spoken("  ".join(" ".join(word) for word in words)) == heard


@pytest.mark.parametrize("language", CODES)
def test_a_code_is_no_other_when_one_word_of_it_is(language):
    first, second, third, other = spoken.word_list(language)[:4]
    code = spoken.normalise_spoken(f"{first} {second} {third}")
    assert code != spoken.normalise_spoken(f"{first} {second} {other}")
    assert code != spoken.normalise_spoken(f"{second} {first} {third}")
    assert code != spoken.normalise_spoken(f"{first} {second}")


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ("ёлка-щётка", "елка щетка"),
        ("гітара", "гитара"),
        ("їжак", "іжак"),
        ("м'ята", "м’ята"),
        ("straße", "STRASSE"),
        ("fløyte", "floyte"),
        ("blåbær", "blaabaer"),
        ("gärten", "gaerten"),
        ("яблуко", "yabluko"),
        ("letter", "leter"),
    ],
)
def test_what_sounds_the_same_may_be_written_either_way(said, typed):
    assert spoken.normalise_spoken(said) == spoken.normalise_spoken(typed)


@pytest.mark.parametrize("nothing", ["", "   ", "--", "…", "\x00", "🌧"])
def test_what_nobody_can_say_is_no_code(nothing):
    assert spoken.normalise_spoken(nothing) == ""


def test_a_language_without_words_gets_english():
    assert spoken.word_list("pl") == spoken.word_list("en")
    assert spoken.word_list("../words/de") == spoken.word_list("en")


def test_spoken_codes_hardly_ever_repeat():
    assert len({spoken.spoken_code("en") for _ in range(1000)}) > 990


@pytest.mark.parametrize("language", CODES)
def test_pass_words_are_two_different_ones(language):
    for _ in range(100):
        say, answer = spoken.pass_words(language)
        assert say != answer
        assert {say, answer} <= set(spoken.word_list(language))


@pytest.mark.parametrize("language", CODES)
def test_every_letter_of_every_word_can_be_spelled(language):
    for word in spoken.word_list(language):
        letters = spoken.spelled(word, language)
        assert "".join(letter for letter, _ in letters) == word.upper()
        assert all(name for _, name in letters), word
