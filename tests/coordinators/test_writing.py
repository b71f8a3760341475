"""Ukrainian names as readers of each language write them, and scripts."""

import pytest

from coordinators.writing import in_script_of, romanised, script


@pytest.mark.parametrize(
    ("name", "english", "german", "norwegian"),
    [
        ("Харків", "Kharkiv", "Charkiw", "Kharkiv"),
        ("Згурівка", "Zghurivka", "Shuriwka", "Zhurivka"),
        ("Слов’янськ", "Sloviansk", "Slowjansk", "Slovjansk"),
        ("Їжаківка", "Yizhakivka", "Jischakiwka", "Jizjakivka"),
        ("Біла Церква", "Bila Tserkva", "Bila Zerkwa", "Bila Tserkva"),
        ("Івано-Франківськ", "Ivano-Frankivsk", "Iwano-Frankiwsk", "Ivano-Frankivsk"),
        ("Щастя", "Shchastia", "Schtschastja", "Sjtsjastja"),
        ("Яворів", "Yavoriv", "Jaworiw", "Javoriv"),
    ],
)
def test_ukrainian_is_romanised_for_each_reader(name, english, german, norwegian):
    assert [romanised(name, language) for language in ("en", "de", "nb")] == [english, german, norwegian]


def test_other_scripts_stay_as_they_are():
    assert romanised("Ålesund 2") == "Ålesund 2"
    assert romanised("") == ""


def test_a_name_is_changed_only_for_those_who_cannot_read_it():
    assert in_script_of("de", "Ізюм") == "Isjum"
    assert in_script_of("ru", "Ізюм") == "Ізюм"
    assert in_script_of("de", "Ålesund") == "Ålesund"


@pytest.mark.parametrize(("text", "name"), [("Київ", "CYRILLIC"), ("’Kyiv", "LATIN"), ("كييف", "ARABIC"), ("1 -", "")])
def test_the_script_is_that_of_the_first_letter(text, name):
    assert script(text) == name
