"""The suite's own tools: a search that finds nothing proves something only when it can find."""

import base64
import json
import socket
import threading
import urllib.parse

import pytest
from django.core.cache import cache

from hotline.lib.keyring import keyring
from hotline.staff.models import Team, User
from tests.conftest import WayOut
from tests.support.leaks import Folder, Rows, Text


def test_a_name_of_the_internet_is_not_looked_up():
    with pytest.raises(WayOut):
        socket.create_connection(("example.org", 80), timeout=1)


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80)])
def test_no_connection_leaves_this_machine(address):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as away:
        away.settimeout(1)
        with pytest.raises(WayOut):
            away.connect(address)
        with pytest.raises(WayOut):
            away.connect_ex(address)


def test_this_machine_itself_is_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("localhost", port), timeout=5):
            pass


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_begins_with_an_empty_cache(turn):
    assert cache.get("left-behind") is None
    cache.set("left-behind", turn)
    seen = []
    thread = threading.Thread(target=lambda: seen.append(cache.get("left-behind")))
    thread.start()
    thread.join()
    assert seen == [turn]


def test_a_keyring_of_one_s_own_is_another(own_keyring):
    assert keyring() is own_keyring


@pytest.mark.parametrize("text", ["Marked1234abcd", "+49 1512 3456789", "Мария Петренко", "вул. Сумська 12"])
@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_a_mark_is_found_however_it_was_written_down(marked, text, before):
    mark = marked(text)
    whole = f"{before}{text} and more"
    for written in (
        whole,
        whole.encode("utf-16"),
        whole.encode().hex(),
        json.dumps({"phone": whole}),
        urllib.parse.quote(whole),
        base64.b64encode(whole.encode()),
        base64.urlsafe_b64encode(whole.encode()),
    ):
        assert mark.found_in(Text(written)), written


def test_what_is_not_there_is_not_found(marked):
    marked().assert_absent(Text("nothing", b"of", "it"))


def test_a_leak_fails_the_test(marked, tmp_path):
    mark = marked()
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(b"\0\1" + str(mark).encode())
    with pytest.raises(AssertionError, match="leaked"):
        mark.assert_absent(Folder(tmp_path))
    with pytest.raises(AssertionError, match="leaked"):
        mark.assert_absent(Text(f"told {mark}"))


def test_a_search_that_could_not_find_proves_nothing(marked):
    class Blind(Text):
        def pieces(self):
            return []

    with pytest.raises(AssertionError, match="proves nothing"):
        marked().assert_absent(Blind("anything"))


@pytest.mark.django_db
def test_every_table_is_searched_and_left_as_it_was(marked):
    mark = marked()
    mark.assert_absent(Rows())
    assert not Team.objects.exists()
    User.objects.create_user("somebody", alias=str(mark))
    mark.assert_present(Rows())
    with pytest.raises(AssertionError, match="staff_user"):
        mark.assert_absent(Rows())


def test_two_marks_are_never_the_same(marked):
    assert marked().text != marked().text


def test_the_cast_is_made_only_when_it_is_named(cast):
    assert not User.objects.exists()
    assert cast.vera.username == "vera"
    assert User.objects.count() == Team.objects.count() == 1


def test_more_queries_for_more_rows_are_noticed(cast, same_queries):
    def one_by_one():
        for team in Team.objects.all():
            team.refresh_from_db()

    with pytest.raises(AssertionError, match="30 rows|with 30"):
        same_queries(lambda number: cast.team(f"team{number}"), one_by_one)
