"""The page of pictures and the page of gaps: what they say, to whom, and by how many questions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hotline.dispatch import figures, gaps
from hotline.dispatch.actions import offers, tallies
from hotline.dispatch.charts import Chart
from hotline.dispatch.models import Tally
from tests.support.registry import offer_of, voice_of

FIGURES, GAPS = "/admin/dispatch/tally/figures/", "/admin/dispatch/tally/gaps/"
Step = Tally.Step


def counted(team, kind, number=1, *, days=0, **more):
    hour = tallies.hour_of(timezone.now() - timedelta(days=days))
    return Tally.objects.create(team=team, kind=kind, hour=hour, count=number, **more)


@pytest.fixture
def cora(as_person, cast):
    return as_person(cast.cora)


def test_the_figures_of_ones_own_teams_alone(cora, cast, registry):
    counted(cast.phone, Step.TAKEN, 7, category=registry.food, region=registry.oblast)
    counted(cast.crawl, Step.TAKEN, 4001, category=registry.food, region=registry.oblast)
    page = cora.get(FIGURES).text
    assert '<td class="number">7</td>' in page and "4001" not in page and "4008" not in page
    assert "4001" not in cora.get(FIGURES, {"team": "crawl"}).text
    file = cora.get(f"{FIGURES}kinds.csv")
    assert "attachment" in file["Content-Disposition"] and file.text.splitlines()[1:] == ['"Food","7"']


@pytest.mark.parametrize(("name", "status"), [("vera", 403), ("viktor", 403), ("ada", 403)])
def test_who_supervises_nobody_sees_no_figures(as_person, cast, name, status):
    for address in (FIGURES, f"{FIGURES}taken.csv"):
        assert as_person(getattr(cast, name)).get(address).status_code in (status, 404)


def test_the_period_is_chosen(cora, cast, registry):
    for days, number in ((0, 11), (20, 22), (80, 44)):
        counted(cast.phone, "hoax", number, days=days)
    for period, total in (("7", 11), ("30", 33), ("90", 77), ("nonsense", 33)):
        file = cora.get(f"{FIGURES}no-request.csv", {"days": period}).text
        assert f'"hoax","{total}"' in file
    assert cora.get(f"{FIGURES}nonsense.csv").status_code == 404


def test_an_empty_house_says_so(cora):
    page = cora.get(FIGURES)
    assert page.status_code == 200 and "Nothing in this period." in page.text


def test_times_and_their_mean(cora, cast, registry):
    counted(cast.phone, Step.ACCEPTED, 2, detail="300", seconds=400, category=registry.food, region=registry.oblast)
    page = cora.get(FIGURES).text
    assert "2 minutes to 5 minutes" in page and "On average 3 minutes." in page


def test_the_pictures_hold_no_style_and_no_script(cora, cast, registry):
    counted(cast.phone, Step.TAKEN, 3, category=registry.food, region=registry.oblast)
    page = cora.get(FIGURES).text
    pictures = page[page.index('<div class="charts">') :]
    assert "<svg" in pictures and "style=" not in pictures and "<script" not in pictures.split("</section>")[0]


def test_bars_are_as_long_as_their_numbers():
    lying = Chart("key", "Title", "About", [("a", 50), ("b", 100), ("c", 0)]).bars()
    assert [bar.width for bar in lying] == ["50.0%", "100.0%", "0.0%"]
    standing = Chart("key", "Title", "About", [(str(day), day) for day in range(30)], standing=True).bars()
    assert standing[0].height == "0" and int(standing[29].height) == 140
    assert 4 <= sum(bar.word for bar in standing) <= 6
    assert Chart("key", "Title", "About", []).bars() == [] and Chart("key", "Title", "About").is_empty


def test_what_could_be_a_formula_is_none_in_the_file():
    assert "'=1+1" in Chart("key", "Title", "About", [("=1+1", 1)]).csv()


def test_the_figures_cost_the_same_with_more_of_them(cora, cast, registry, same_queries):
    kinds = [registry.category(f"kind-{number}", registry.any, f"Kind {number}") for number in range(30)]

    def add(number):
        counted(cast.phone, Step.TAKEN, 1 + number, days=number, category=kinds[number], region=registry.oblast)

    same_queries(add, lambda: cora.get(FIGURES, {"days": "90"}))


# Gaps


@pytest.fixture
def missed(vera_takes, registry):
    """A request for medicine in Lviv that nobody could be asked for."""
    return vera_takes(registry.medicine, registry.lviv)


def test_a_gap_is_named_and_whether_it_is_covered(cora, cast, registry, missed):
    page = cora.get(GAPS).text
    assert "Medicine" in page and "by nobody" in page and "/join/" in page
    registry.coordinator((registry.medicine, registry.lviv))
    assert "in parts" in cora.get(GAPS).text
    registry.coordinator((registry.any, registry.ukraine))
    page = cora.get(GAPS).text
    assert "by nobody" not in page and "in parts" not in page


def test_what_was_answered_is_no_gap(cora, vera_takes, registry):
    helper = registry.coordinator((registry.food, registry.kharkiv))
    help_request = vera_takes(registry.food, registry.kharkiv)
    offers.accept(voice_of(helper), offer_of(help_request, helper))
    assert "Nobody is missing" in cora.get(GAPS).text


def test_declines_and_silence_make_a_gap(cora, cast, vera_takes, registry):
    helper = registry.coordinator((registry.food, registry.kharkiv))
    offers.decline(voice_of(helper), offer_of(vera_takes(registry.food, registry.kharkiv), helper), "not_my_area")
    (gap,) = gaps.gaps_of(Tally.objects.all(), timezone.now() - timedelta(days=1))
    assert (gap.category, gap.region, gap.declined, gap.not_mine, gap.nobody) == (
        registry.food,
        registry.oblast,
        1,
        1,
        1,
    )
    counted(cast.phone, Step.UNHEARD, 5, category=registry.medicine, region=registry.oblast)
    kinds = [gap.category for gap in gaps.gaps_of(Tally.objects.all(), timezone.now() - timedelta(days=1))]
    assert kinds == [registry.food, registry.medicine]


def test_a_dry_run_that_finds_nobody_makes_one(as_person, cast, registry):
    ada = as_person(cast.ada)
    query = {"category": registry.medicine.pk, "place": registry.lviv.pk, "urgency": "today"}
    ada.get("/admin/dispatch/helprequest/where-to/", query)
    assert "Medicine" in ada.get(GAPS).text
    registry.coordinator((registry.medicine, registry.lviv))
    ada.get("/admin/dispatch/helprequest/where-to/", query)
    assert Tally.objects.filter(kind=Step.DRY_RUN).count() == 1


def test_whoever_keeps_the_registry_sees_all_teams_gaps_without_their_names(as_person, cast, registry, missed):
    page = as_person(cast.ada).get(GAPS).text
    assert "Medicine" in page and cast.phone.name not in page.split("<h1")[1]


def test_another_team_sees_none_of_it(as_person, cast, missed):
    other = cast.person("other", roles=["coordinator"], supervises=[cast.crawl])
    assert "Medicine" not in as_person(other).get(GAPS).text
    assert "Medicine" not in as_person(other).get("/admin/dispatch/tally/gaps.csv").text


@pytest.mark.parametrize("name", ["vera", "viktor"])
def test_gaps_are_for_those_who_lead(as_person, cast, name):
    for address in (GAPS, "/admin/dispatch/tally/gaps.csv"):
        assert as_person(getattr(cast, name)).get(address).status_code in (403, 404)


def test_gaps_as_a_file(cora, registry, missed):
    lines = cora.get("/admin/dispatch/tally/gaps.csv").text.splitlines()
    assert len(lines) == 2 and lines[1].startswith('"Medicine",')
    assert lines[1].endswith('"1","0","1","0","0","0","0","0"')


def test_gaps_are_bounded_and_cost_the_same(cora, cast, registry, same_queries):
    kinds = [registry.category(f"kind-{number}", registry.any, f"Kind {number}") for number in range(30)]

    def add(number):
        region = registry.place(f"Region {number}", registry.ukraine, kind="region")
        counted(cast.phone, Step.NOBODY, 1 + number, category=kinds[number], region=region)

    same_queries(add, lambda: cora.get(GAPS))
    assert len(gaps.gaps_of(Tally.objects.all(), timezone.now() - timedelta(days=1), most=5)) == 5


def test_the_list_of_figures_stays_readable_without_a_kind_of_help(cora, cast, registry):
    counted(cast.phone, "hoax", 2)
    counted(cast.phone, Step.TAKEN, 1, category=registry.food, region=registry.oblast)
    page = cora.get("/admin/dispatch/tally/").text
    assert "Hoax" in page or "hoax" in page
    assert "Food" in page and cora.get("/admin/dispatch/tally/", {"q": "food"}).status_code == 200


def test_charts_name_every_way_to_end_and_every_reason(cast):
    today = timezone.localdate()
    named = {
        chart.key: [label for label, _n in chart.rows] for chart in figures.charts_of(Tally.objects.all(), today, today)
    }
    assert len(named["ended"]) == 7 and len(named["why"]) == 4 and len(named["came-back"]) == 4
