"""Exact pins with the hashes of what may be installed for them, and the question what is known against them."""

import httpx
import pytest

from hotline.management import pins
from hotline.management.pins import FILES, ROOT, Pin, advisories, hashes_of, parsed, write_hashes, written

TEXT = """# What is used.
-r requirements.txt
Django==5.2.19 \\
    --hash=sha256:aa \\
    --hash=sha256:bb

async-timeout==5.0.1; python_full_version < "3.11.3"
"""


def files(*names):
    return [{"filename": name, "hashes": {"sha256": f"hash of {name}"}} for name in names]


def test_a_file_is_read_and_written_as_it_stands():
    comment, other, django, empty, timeout = parsed(TEXT)
    assert (comment, other, empty) == ("# What is used.", "-r requirements.txt", "")
    assert (django.line, django.version, django.hashes) == ("Django==5.2.19", "5.2.19", ["aa", "bb"])
    assert (timeout.version, timeout.hashes) == ("5.0.1", [])
    assert written(parsed(TEXT)) == TEXT


@pytest.mark.parametrize("name", FILES)
def test_every_pin_has_its_hashes_as_the_command_writes_them(name):
    text = (ROOT / name).read_text()
    assert written(parsed(text)) == text
    for pin in pins.pins(name):
        assert pin.version, f"{pin.line} is not exact"
        assert pin.hashes == sorted(set(pin.hashes)), pin.line
        assert pin.hashes and all(len(one) == 64 for one in pin.hashes), f"{pin.line}: run `make pins`"


def test_the_hashes_are_those_of_the_files_that_may_be_installed():
    right = [
        "x-1.0.tar.gz",
        "x-1.0-py3-none-any.whl",
        "x-1.0-py2.py3-none-any.whl",
        "x-1.0-cp311-cp311-manylinux_2_28_x86_64.whl",
        "x-1.0-cp313-cp313-manylinux_2_28_aarch64.whl",
        "x-1.0-cp38-abi3-manylinux_2_28_x86_64.whl",
    ]
    wrong = [
        "x-1.1.tar.gz",
        "x-1.1-py3-none-any.whl",
        "x-1.0-cp310-cp310-manylinux_2_28_x86_64.whl",
        "x-1.0-cp314-cp314-manylinux_2_28_x86_64.whl",
        "x-1.0-cp314-abi3-manylinux_2_28_x86_64.whl",
        "x-1.0-cp313-cp313t-manylinux_2_28_x86_64.whl",
        "x-1.0-pp311-pypy311_pp73-manylinux_2_28_x86_64.whl",
        "x-1.0.exe",
        "something",
    ]
    assert hashes_of(Pin("x==1.0"), files(*right, *wrong)) == sorted(f"hash of {name}" for name in right)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(pins, "ROOT", tmp_path)
    monkeypatch.setattr(pins, "FILES", ["requirements.txt"])
    monkeypatch.setattr(pins, "index", lambda: "https://index.example/simple")
    (tmp_path / "requirements.txt").write_text(TEXT.replace("-r requirements.txt\n", ""))
    return tmp_path


def answering(answer):
    return httpx.Client(transport=httpx.MockTransport(answer))


def test_the_command_writes_what_the_index_says(folder):
    asked = []

    def answer(request):
        asked.append(request.url.path)
        names = {"/simple/django/": "django-5.2.19.tar.gz", "/simple/async-timeout/": "async_timeout-5.0.1.tar.gz"}
        return httpx.Response(200, json={"files": files(names[request.url.path])})

    write_hashes(answering(answer))
    assert sorted(asked) == ["/simple/async-timeout/", "/simple/django/"]
    text = (folder / "requirements.txt").read_text()
    assert "--hash=sha256:hash of django-5.2.19.tar.gz" in text and "sha256:aa" not in text
    assert 'async-timeout==5.0.1; python_full_version < "3.11.3" \\\n    --hash' in text


def test_a_version_that_there_is_not_is_named_and_nothing_is_written(folder):
    before = (folder / "requirements.txt").read_text()
    with pytest.raises(SystemExit, match="no file for Django==5.2.19"):
        write_hashes(answering(lambda _request: httpx.Response(200, json={"files": []})))
    assert (folder / "requirements.txt").read_text() == before


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (httpx.Response(200, json={"vulnerabilities": []}), 0, "Nothing is known against 2 pins."),
        (httpx.Response(404), 2, "Not checked, since no registry answers for them: 2 of 2 pins."),
        (httpx.Response(200, text="<html>"), 2, "no registry answers"),
        (
            httpx.Response(
                200, json={"vulnerabilities": [{"id": "CVE-1", "fixed_in": ["5.2.20"], "link": "https://x"}]}
            ),
            1,
            "django 5.2.19: CVE-1, mended in 5.2.20: https://x",
        ),
    ],
)
def test_what_is_known_against_the_pins_is_said(folder, capsys, answer, code, said):
    assert advisories(answering(lambda _request: answer)) == code
    assert said in capsys.readouterr().out


def test_no_answer_at_all_is_said_too(folder, capsys):
    def away(request):
        raise httpx.ConnectError("nobody there")

    assert advisories(answering(away)) == 2
    assert "no registry answers" in capsys.readouterr().out
