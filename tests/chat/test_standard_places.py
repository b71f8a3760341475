"""What stands in the places of a standard message: the line's name, and when visitors can come next, which is never wrong."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from chat.models import Line, StandardMessage
from chat.standard_messages import next_opening, offered, opens, places

pytestmark = pytest.mark.django_db

# A Monday in winter; 13:00 in Berlin, 14:00 in Kyiv.
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NOT_KNOWN = "as soon as the chat's page says that it is open"
ALWAYS = "at any hour, day and night"


def a_line(hours=None, *, mode="hours", time_zone="Europe/Berlin", exceptions=None):
    return Line(
        slug="youth",
        titles={"en": "Youth line", "uk": "Лінія"},
        mode=mode,
        time_zone=time_zone,
        hours=hours or {},
        exceptions=exceptions or {},
    )


def daily(*spans):
    return {day: [list(span) for span in spans] for day in DAYS}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (a_line({"mon": [["18:00", "22:00"]]}), "Monday, 2 March, from 18:00 (time in Berlin)"),
        (a_line({"wed": [["09:30", "12:00"]]}), "Wednesday, 4 March, from 09:30 (time in Berlin)"),
        # it is open: whoever comes back after it closed
        (
            a_line({"mon": [["08:00", "22:00"]], "tue": [["10:00", "12:00"]]}),
            "Tuesday, 3 March, from 10:00 (time in Berlin)",
        ),
        # the same clock elsewhere is another moment
        (a_line({"mon": [["13:30", "22:00"]]}), "Monday, 2 March, from 13:30 (time in Berlin)"),
        (
            a_line({"mon": [["13:30", "22:00"]], "tue": [["13:30", "22:00"]]}, time_zone="Europe/Kyiv"),
            "Tuesday, 3 March, from 13:30 (time in Kyiv)",
        ),
        (
            a_line({"mon": [["07:30", "22:00"]]}, time_zone="America/New_York"),
            "Monday, 2 March, from 07:30 (time in New York)",
        ),
        # over midnight
        (
            a_line({"sun": [["22:00", "13:30"]], "fri": [["22:00", "02:00"]]}),
            "Friday, 6 March, from 22:00 (time in Berlin)",
        ),
        # a span that follows another opens nothing
        (
            a_line({"mon": [["10:00", "14:00"], ["14:00", "18:00"]], "tue": [["09:00", "10:00"]]}),
            "Tuesday, 3 March, from 09:00 (time in Berlin)",
        ),
        # single days win
        (
            a_line(daily(["18:00", "22:00"]), exceptions={"2026-03-02": [], "2026-03-03": [["15:00", "16:00"]]}),
            "Tuesday, 3 March, from 15:00 (time in Berlin)",
        ),
        # opened or closed by hand, nobody knows for how long
        (a_line(daily(["18:00", "22:00"]), mode="closed"), NOT_KNOWN),
        (a_line(daily(["18:00", "22:00"]), mode="paused"), NOT_KNOWN),
        (a_line(daily(["18:00", "22:00"]), mode="open"), NOT_KNOWN),
        # no day is left
        (a_line(daily(), exceptions={"2026-03-01": [["10:00", "12:00"]]}), NOT_KNOWN),
        # it never closes, as far as anybody can see
        (a_line(), ALWAYS),
        (a_line(daily(["00:00", "00:00"])), NOT_KNOWN),
        (a_line(exceptions={"2026-12-25": []}), NOT_KNOWN),
    ],
)
def test_the_next_opening_is_said_as_it_is(line, words):
    with override("en"):
        assert opens(line, NOON) == words


@pytest.mark.parametrize(
    ("now", "hours", "said"),
    [
        # the night before the clocks go forward, and back: the clock on the wall counts
        (datetime(2026, 3, 28, 23, tzinfo=UTC), daily(["10:00", "12:00"]), datetime(2026, 3, 29, 10, 0)),
        (datetime(2026, 10, 24, 23, tzinfo=UTC), daily(["10:00", "12:00"]), datetime(2026, 10, 25, 10, 0)),
        # at an hour that there is not, and at one that there is twice
        (datetime(2026, 3, 28, 23, tzinfo=UTC), daily(["02:30", "06:00"]), datetime(2026, 3, 29, 3, 30)),
        (datetime(2026, 10, 24, 23, tzinfo=UTC), daily(["02:30", "06:00"]), datetime(2026, 10, 25, 2, 30)),
    ],
)
def test_the_clocks_are_put_forward_and_back(now, hours, said):
    line = a_line(hours)
    opening = next_opening(line, now)
    assert opening.replace(tzinfo=None) == said
    assert line.door(opening) == "open" and line.door(now) == "closed"


def test_at_no_hour_of_a_year_is_a_wrong_time_said():
    """Whatever is named: the door is open then, was closed before, and does not open any earlier."""
    line = a_line(
        {"mon": [["08:00", "12:00"], ["12:00", "13:00"]], "thu": [["20:00", "02:00"]]}, time_zone="Europe/Kyiv"
    )
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for _step in range(365):
        opening = next_opening(line, now)
        assert line.door(opening) == "open" and line.door(opening - timedelta(minutes=1)) == "closed"
        was, moment = line.door(now), now
        while (moment := moment + timedelta(hours=1)) < opening:
            is_now = line.door(moment)
            assert not (was == "closed" and is_now == "open"), (now, moment, opening)
            was = is_now
        assert opening.tzinfo == ZoneInfo("Europe/Kyiv")
        now += timedelta(hours=25)


def test_each_text_is_filled_in_its_own_language():
    line = a_line({"tue": [["10:00", "12:00"]]})
    assert places(line, "uk", NOON)["line"] == "Лінія"
    assert places(line, "de", NOON)["line"] == "Youth line"
    assert "березня" in places(line, "uk", NOON)["opens"] and "März" in places(line, "de", NOON)["opens"]
    with override("ru"):
        assert places(line, "en", NOON)["opens"].startswith("Tuesday, 3 March")


def test_the_desk_gets_the_places_of_every_language(cast, line):
    StandardMessage.objects.create(owner="house", short_code="bye", texts={"en": "{opens}"})
    told = offered(cast.vera, line, line, NOON)
    assert set(told["places"]) == set(told["languages"]) == {"en", "de", "nb", "uk", "ru"}
    assert all(set(one) == {"line", "opens"} and all(one.values()) for one in told["places"].values())
