"""What tells how somebody is reached is found in a post, and what only looks so is left alone."""

import pytest

from hotline.dispatch.recognition import LONGEST_POST, Kind, phones, recognise
from tests.bench import milliseconds
from tests.support.posts import posts, scores

LOWEST = {"phones": 0.98, "mails": 0.9, "handles": 0.9, "streets": 0.9}
PRECISION = 0.9


def numbers(text, region=""):
    return recognise(text, region).of(Kind.PHONE)


def test_the_corpus_is_in_five_languages_and_half_of_it_is_set_aside():
    tuned, aside = posts(set_aside=False), posts(set_aside=True)
    assert len(tuned) + len(aside) >= 80 and abs(len(tuned) - len(aside)) <= 5
    for half in (tuned, aside):
        assert {post["language"] for post in half} == {"de", "en", "nb", "uk", "ru"}


@pytest.mark.parametrize("set_aside", [False, True])
@pytest.mark.parametrize("region", ["", "UA", "DE", "NO"])
def test_contacts_are_found_in_posts(set_aside, region, monkeypatch):
    monkeypatch.setattr("tests.support.posts.REGION", region)
    for kind, score in scores(posts(set_aside=set_aside)).items():
        figures = f"{kind}: recall {score.recall:.3f}, precision {score.precision:.3f} of {score.there}"
        assert score.recall >= LOWEST[kind] and score.precision >= PRECISION, figures


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Тел: 8 050 000 00 66 і все", "+380500000066"),
        ("дзвоніть +38 (097) 000-00-14", "+380970000014"),
        ("номер: 380 67 000 00 22 (Вера), пишіть", "+380670000022"),
        ("Звоните: 8-900-000-00-16", "+79000000016"),
        ("Rufen Sie an: 0172 - 992 59 04", "+491729925904"),
        ("+49 (0)172 9925904 bitte", "+491729925904"),
        ("Telefon 0 172 / 992 59 04 und danke", "+491729925904"),
        ("tlf 22-00-00-61, hei og takk", "+4722000061"),
        ("mobilnr 400.00.060 og ikke sms", "+4740000060"),
        ("call (+44) 7700 900124 now", "+447700900124"),
        ("call me at 202-555-0144 thanks", "+12025550144"),
        ("My card was stolen, ring me 07700 900133", "+447700900133"),
        ("Bestellung egal – 0172 9925904 und", "+491729925904"),
        ("3 дитини 050 000 00 51 24/7 Київ", "+380500000051"),
    ],
)
def test_a_number_is_understood_as_it_is_dialled(text, number):
    assert [found.replace(" ", "").replace("-", "") for found in numbers(text)] == [number]


def test_several_numbers_of_one_line_are_told_apart():
    assert len(numbers("📞 0500000038 / 0670000039 (вайбер), 063 000 00 42 Київ")) == 3


@pytest.mark.parametrize(
    "text",
    [
        "Карта 4441 1144 2233 0011",
        "IBAN DE89 3704 0044 0532 0130 00",
        "квиток 000112233445, потяг 749",
        "Bestellnummer 4920017788",
        "am 03.12.2026 um 10:30 Uhr",
        "Billett nr 5500 1122 og ordrenummer 90112233",
        "СНИЛС 123-456-789 01, иск № 2-4567/2026",
        "збираємо 45 000 грн, 12 000 000 руб",
        "NHS number 943 476 5919",
        "49.99350, 36.23040",
        "2026-11-23 18:00",
    ],
)
def test_what_only_looks_like_a_number_is_left_alone(text):
    assert numbers(text) == []


def test_the_houses_own_country_tells_how_a_number_is_meant():
    assert numbers("0172 9925904", "DE") == ["+49 172 9925904"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("mail an alice (at) example (punkt) org bitte", "alice@example.org"),
        ("vera.one+two@sub.example.co.uk!", "vera.one+two@sub.example.co.uk"),
        ("https://www.instagram.com/kora.tysha/ пишіть", "https://www.instagram.com/kora.tysha"),
        ("viber://chat?number=380500000012", "viber://chat?number=380500000012"),
        ("тг @viktor_vizok.", "@viktor_vizok"),
        ("Ми тут: вул. Сумська, 25, кв. 14. Чекаємо", "вул. Сумська, 25, кв. 14"),
        ("Flat 3, 27 Albert Street, please", "Flat 3, 27 Albert Street"),
        ("Kirkeveien 45B, 0364 Oslo", "Kirkeveien 45B, 0364 Oslo"),
    ],
)
def test_other_ways_and_addresses(text, value):
    assert [one.value for one in recognise(text).found] == [value]


@pytest.mark.parametrize(
    "text", ["Am Freitag 12 Uhr", "im November 2026", "5 people on the road", "meet @ the bus stop"]
)
def test_what_is_no_address_is_left_alone(text):
    assert recognise(text).found == []


def test_the_rest_is_the_text_without_what_was_found():
    read = recognise("Insulin!\r\n\r\nTel. 0172 9925904 / 0172 9968532\n\n\n\nLindenstraße 14, 2. Stock.", "DE")
    assert read.rest == "Insulin!\n\nTel. …\n\n…, 2. Stock."
    assert recognise("0172 9925904", "DE").rest == ""


# Each made to lead a careless pattern into trying again and again.
HOSTILE = [
    "1 ",
    "0",
    "a.@",
    "@",
    "вул ",
    "А",
    "(at)",
    "Straße ",
    "Aa ",
    "A-",
    "050 000 00 12 ",
    "t.me/",
    "x (dot) ",
    "b.",
    "+1",
    "(",
]


# Tables of figures, in lines that are each short enough to be looked at.
TABLES = ["0 " * 39 + "\n", "050 " * 38 + "\n", "тел " + "0 " * 39 + "\n", "+" + "0 " * 39 + "\n", "01 " * 38 + "\n"]


@pytest.mark.parametrize("piece", [*TABLES, *HOSTILE])
def test_so_many_candidates_are_looked_at_and_no_more(piece, monkeypatch):
    """Counted, not timed: the work is bounded, whatever the post."""
    looked, read = phones._number, []
    monkeypatch.setattr(phones, "_number", lambda *candidate: read.append(1) or looked(*candidate))
    for length in (LONGEST_POST, 5 * LONGEST_POST):
        read.clear()
        phones.find((piece * length)[:length], "UA")
        assert len(read) <= phones.MOST_TRIES


def test_a_number_below_a_table_is_found_all_the_same():
    table = TABLES[0] * 200
    assert numbers(f"{table}Тел. 050 000 00 12") == ["+380 50 000 0012"]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_post_takes_no_longer_than_its_length(piece):
    once, twice = ((piece * 2 * LONGEST_POST)[:length] for length in (LONGEST_POST, 2 * LONGEST_POST))
    shorter, longer = (
        min(milliseconds(lambda text=text: recognise(text)) for _try in range(3)) for text in (once, twice)
    )
    # In proportion, with room for a busy machine; what grows with the square would be four times as long.
    assert longer < max(3.2 * shorter, 400)
