"""The registry as a table: every line is reported, nothing is written in the dry run, and no spreadsheet runs what it reads."""

import csv
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from coordinators.actions import registry_file
from coordinators.actions.availability import suspend
from coordinators.actions.registry import save_local_coordinator
from coordinators.actions.registry_file import bring_in, export
from coordinators.actions.trust import complain
from coordinators.models import Level, LocalCoordinator
from hotline.lib import tables
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed, NotFound
from tests.support.registry import Registry

pytestmark = pytest.mark.django_db
HEADING = "name,languages,coverage,capacity,notes"
ADDRESS = "/admin/coordinators/localcoordinator/table/"
LINE = "Кухня,uk + en,food @ Харків + Izium,7,Café"


@pytest.fixture
def registry(db):
    return Registry()


def became(report):
    return [line.became for line in report]


def test_lines_are_made_changed_left_and_refused_each_with_a_word(registry, cast):
    bring_in(cast.ada, f"{HEADING}\n{LINE}\nOther,uk,medicine @ Izium,5,\n", dry_run=False)
    text = f"{HEADING}\n{LINE}\nOther,uk,,6,\nThird,uk,food @ Nowhere,5,\nFourth,xx,,,\n"
    dry, done = bring_in(cast.ada, text, dry_run=True), bring_in(cast.ada, text, dry_run=False)

    assert became(dry) == became(done) == ["unchanged", "changed", "refused", "refused"]
    assert [line.number for line in done] == [2, 3, 4, 5] and done[1].fields == ["capacity"]
    assert done[2].why == "No place is called Nowhere." and "No language has the code xx" in done[3].why
    kitchen = next(one for one in LocalCoordinator.objects.all() if one.name == "Кухня")
    assert (kitchen.state, kitchen.level, kitchen.capacity, kitchen.notes) == ("pending", Level.NEWCOMER, 7, "Café")
    assert {(row.category, row.place) for row in kitchen.coverages.all()} == {
        (registry.food, registry.kharkiv),
        (registry.food, registry.izium),
    }
    lines = AuditEntry.objects.filter(action="local_coordinator.imported").order_by("id")
    assert lines.last().details == {"made": 0, "changed": 1, "refused": 2}


def test_a_dry_run_writes_nothing(registry, cast):
    before = AuditEntry.objects.count()
    assert became(bring_in(cast.ada, f"{HEADING}\n{LINE}\n", dry_run=True)) == ["made"]
    assert not LocalCoordinator.objects.exists() and AuditEntry.objects.count() == before


@pytest.mark.parametrize(("cells", "words"), [
    (",uk,,,", "The name is missing."),
    ("A,uk,food @ Kharkiv", "This line has 3 cells, the heading has 5."),
    ("A,uk,food,5,", "Coverage is written as"),
    ("A,uk,dragons @ Kharkiv,5,", "No kind of help is called dragons."),
    ("A,uk,food @ Kharkiv,0,", "capacity holds a whole number from 1 to 200"),
    ("A,uk,food @ Kharkiv,many,", "capacity holds a whole number from 1 to 200"),
    (f"{'n' * 201},uk,,5,", "The name is longer than 200 characters."),
    ("A,uk,food @ Харківська,5,", "too wide for somebody whose trust is still growing"),
    ("A,uk,food @ Гракове,5,", "so small that covering it alone"),
    ("A,uk,food @ Kharkiv,5,'open \"quotation", "A quotation"),
])  # fmt: skip
def test_a_broken_line_is_refused_in_words_and_the_others_go_on(registry, cast, cells, words):
    report = bring_in(cast.ada, f"{HEADING}\n{LINE}\n{cells}\nLast,uk,,3,\n", dry_run=False)
    if words == "A quotation":
        assert became(report)[0] == "made"
        return
    assert became(report) == ["made", "refused", "made"]
    assert words in report[1].why and report[1].number == 3


def test_an_open_quotation_mark_says_from_where_on_nothing_can_be_read(registry, cast):
    report = bring_in(cast.ada, f'{HEADING}\n{LINE}\nA,uk,,5,"never closed\nLast,uk,,3,\n', dry_run=False)
    assert became(report) == ["made", "refused"] and "a quotation mark is not closed" in report[1].why
    assert report[1].number == 3


def test_a_place_that_exists_five_times_asks_which(registry, cast):
    for number in range(5):
        oblast = registry.place(f"Oblast {number}", registry.ukraine, kind="region")
        registry.place("Іванівка", oblast, population=6000 + number)
    (line,) = bring_in(cast.ada, f"{HEADING}\nA,uk,food @ Іванівка,5,\n", dry_run=False)
    assert line.became == "refused" and line.why.count("place:") == 5 and "Oblast 3" in line.why
    (line,) = bring_in(cast.ada, f'{HEADING}\nA,uk,"food @ Іванівка, Oblast 3",5,\n', dry_run=False)
    assert line.became == "made"


def test_kinds_that_are_called_the_same_are_asked_about_and_a_short_name_means_one(registry, cast):
    twin = registry.category("bread", registry.food, "Medicine")
    (line,) = bring_in(cast.ada, f"{HEADING}\nA,uk,medicine @ Izium,5,\n", dry_run=False)
    assert line.became == "made"
    registry.medicine.names = {"en": "Medicine", "uk": "Ліки"}
    registry.medicine.save()
    twin.names = {"en": "Bread", "uk": "ліки"}
    twin.save()
    (line,) = bring_in(cast.ada, f"{HEADING}\nB,uk,Ліки @ Izium,5,\n", dry_run=False)
    assert line.became == "refused" and "Ліки may mean several kinds of help" in line.why
    assert "bread; medicine" in line.why
    (line,) = bring_in(cast.ada, "name,checked_for\nC,Ліки\n", dry_run=False)
    assert line.became == "refused" and "bread; medicine" in line.why
    (line,) = bring_in(cast.ada, f"{HEADING}\nB,uk,bread @ Izium,5,\n", dry_run=False)
    assert line.became == "made" and LocalCoordinator.objects.count() == 2


def test_what_stands_twice_is_refused_the_second_time(registry, cast):
    report = bring_in(cast.ada, f"{HEADING}\n{LINE}\n{LINE}\n", dry_run=False)
    assert became(report) == ["made", "refused"] and "in line 2 too" in report[1].why
    assert LocalCoordinator.objects.count() == 1


def test_unknown_columns_and_unknown_codes_change_nothing(registry, cast):
    with pytest.raises(registry_file.UnknownColumns, match="colour"):
        bring_in(cast.ada, "name,colour\nA,red\n", dry_run=False)
    with pytest.raises(registry_file.ColumnsMissing):
        bring_in(cast.ada, "notes\nA\n", dry_run=False)
    (line,) = bring_in(cast.ada, "code,name\nNOTHING,A\n", dry_run=False)
    assert "No local coordinator has the code NOTHING." in line.why
    assert not LocalCoordinator.objects.exists()


def test_state_and_trust_are_never_read_in(registry, cast):
    one = registry.coordinator((registry.food, registry.kharkiv), level=Level.NEWCOMER)
    report = bring_in(cast.ada, f"code,state,level,capacity\n{one.code},suspended,trusted,9\n", dry_run=False)
    one.refresh_from_db()
    assert became(report) == ["changed"] and (one.state, one.level, one.capacity) == ("active", "newcomer", 9)


def test_what_was_taken_away_comes_back_unchanged(registry, cast):
    one = registry.coordinator(
        (registry.food, registry.kharkiv), (registry.medicine, registry.kharkiv), (registry.food, registry.izium),
        name="=cmd|' /C calc'!A0", notes="+danger\nsecond line; with, signs;=1+1\n@SUM(1)\n'+1",
        checked_for=[registry.accommodation], base=registry.kharkiv,
    )  # fmt: skip
    registry.coordinator((registry.any, registry.ukraine), name="Everywhere")
    text = export(cast.ada)
    rows = list(csv.DictReader(StringIO(text)))

    assert not any(cell.startswith(tables.FORMULA) for row in rows for cell in row.values())
    assert rows[0]["name"] == f"'{one.name}" and rows[0]["code"] == one.code
    assert became(bring_in(cast.ada, text, dry_run=False)) == ["unchanged", "unchanged"]
    assert AuditEntry.objects.get(action="local_coordinator.exported").details == {"count": 2}


@pytest.mark.parametrize(("encoding", "separator"), [
    ("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t"), ("utf-16-le", ";"), ("utf-16-be", ","),
])  # fmt: skip
def test_every_way_a_spreadsheet_saves_it_is_understood(registry, cast, encoding, separator):
    text = f"{HEADING}\r\n{LINE}\r\n".replace(",", separator)
    report = bring_in(cast.ada, tables.decode(text.encode(encoding)), dry_run=False)
    assert became(report) == ["made"] and LocalCoordinator.objects.get().name == "Кухня"


@pytest.mark.parametrize(("encoding", "name"), [
    ("cp1251", "Кухня на розі, Ізюм; їжа й ліки"), ("cp1251", "Пекарня «Ёлка»"), ("cp1252", "Küche für Gäste, Øst"),
    ("cp1252", "Hjelp på stedet"), ("cp1252", "Straße"),
])  # fmt: skip
def test_old_encodings_are_recognised_by_their_words(encoding, name):
    assert name in tables.decode(f'name;notes\n"{name}";plain\n'.encode(encoding))


@pytest.mark.parametrize(("data", "refusal"), [
    ("Кухня".encode("cp1251") + b";" + "Küche".encode("cp1252"), tables.UnclearEncoding),
    (b"\x89PNG\r\n\x1a\n\x00\x01\x02\x00\x00", tables.Unreadable),
    (b"name\x00\n\x00\x00", tables.Unreadable),
    (b"\xff\xfe\x00", tables.Unreadable),
    (b"a" * (tables.LARGEST + 1), tables.TooLarge),
])  # fmt: skip
def test_what_is_no_table_or_cannot_be_told_is_refused_in_words(data, refusal):
    with pytest.raises(refusal):
        tables.decode(data)


def test_too_many_lines_are_refused_before_any_is_written(registry, cast):
    text = "name\n" + "".join(f"Helper {number}\n" for number in range(tables.MOST_LINES + 1))
    with pytest.raises(tables.TooLarge):
        bring_in(cast.ada, text, dry_run=False)
    with pytest.raises(tables.Unreadable):
        bring_in(cast.ada, "\n\n", dry_run=False)
    assert not LocalCoordinator.objects.exists()


def test_only_administrators_bring_in_and_take_away(registry, cast):
    for who, refusal in ((cast.cora, NotAllowed), (cast.vera, NotAllowed), (None, NotFound)):
        with pytest.raises(refusal):
            bring_in(who, f"{HEADING}\n{LINE}\n", dry_run=False)
        with pytest.raises(refusal):
            export(who)
    assert not LocalCoordinator.objects.exists()


def test_the_export_asks_as_often_with_30_as_with_1(registry, cast, same_queries):
    same_queries(lambda number: registry.coordinator((registry.food, registry.kharkiv)), lambda: export(cast.ada))


def test_a_line_that_is_unchanged_costs_no_query_of_its_own(registry, cast, same_queries):
    places = f"@ {registry.kharkiv.code}"
    same_queries(
        lambda number: registry.coordinator((registry.food, registry.kharkiv), name=f"Helper {number}"),
        lambda: bring_in(
            cast.ada,
            "name,coverage\n" + "".join(f"{one.name},food {places}\n" for one in LocalCoordinator.objects.all()),
            dry_run=True,
        ),
    )


def test_on_the_page_one_looks_first_and_then_brings_it_in(registry, cast, as_person):
    ada = as_person(cast.ada)
    file = SimpleUploadedFile("registry.csv", f"{HEADING}\n{LINE}\nBad,uk,food,1,\n".encode("utf-16"))
    page = ada.post(ADDRESS, {"file": file}).content.decode()
    assert "What would become of each line" in page and "Coverage is written as" in page and "Кухня" in page
    assert not LocalCoordinator.objects.exists()
    page = ada.post(ADDRESS, {"text": f"{HEADING}\n{LINE}\nBad,uk,food,1,\n", "sure": "1"}).content.decode()
    assert "What became of each line" in page and LocalCoordinator.objects.count() == 1


@pytest.mark.parametrize("sent", [{}, {"file": b""}, {"file": b"\x00\x01\x02\x03"}, {"text": "colour\nred\n"}])
def test_a_file_that_is_none_is_refused_in_words(registry, cast, as_person, sent):
    sent = {name: SimpleUploadedFile("x.csv", one) if name == "file" else one for name, one in sent.items()}
    answer = as_person(cast.ada).post(ADDRESS, sent)
    assert answer.status_code == 422 and ("errorlist" in answer.content.decode() or "urgent" in answer.content.decode())


def test_taking_it_away_asks_who_sits_there(registry, cast, as_person):
    ada = as_person(cast.ada)
    registry.coordinator((registry.food, registry.kharkiv))
    session = ada.session
    session["proven_at"] = 0
    session.save()
    answer = ada.post(f"{ADDRESS}file/")
    assert answer.status_code == 302 and "/accounts/again/" in answer.url
    assert not AuditEntry.objects.filter(action="local_coordinator.exported").exists()
    assert ada.get(f"{ADDRESS}file/").status_code == 405


def test_what_was_read_before_brings_back_neither_a_state_nor_trust(registry, cast):
    one = registry.coordinator((registry.food, registry.kharkiv), level=Level.KNOWN)
    read_before = LocalCoordinator.objects.get(pk=one.pk)
    complain(cast.ada, one, "Took money.")
    suspend(cast.ada, one, "Took money.")
    read_before.capacity = 7
    save_local_coordinator(cast.ada, read_before, ["capacity"])

    one.refresh_from_db()
    assert (one.state, one.level, one.capacity) == ("suspended", Level.NEWCOMER, 7)
    assert one.second_look_at is not None
