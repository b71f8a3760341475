import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline.live import frames

TABLE = frames.CLIENT_FRAMES | {
    "say": frames.Frame("say it again", {"body": frames.Field(str, 20), "number": frames.Field(int, 9, required=False)})
}


def read(text):
    return frames.read(text, TABLE)


def test_a_frame_is_read_with_its_fields():
    assert read('{"type": "say", "body": "так", "number": 9, "ref": "1"}') == {
        "type": "say",
        "body": "так",
        "number": 9,
        "ref": "1",
    }


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "hello",
        "[]",
        "null",
        "{}",
        '{"type": 1}',
        '{"type": ["ping"]}',
        '{"type": "post"}',
        '{"type": "ping", "more": 1}',
        '{"type": "say"}',
        '{"type": "say", "body": 5}',
        '{"type": "say", "body": null}',
        '{"type": "say", "body": "more than twenty characters"}',
        '{"type": "say", "body": "\\ud800"}',
        '{"type": "say", "body": "", "number": true}',
        '{"type": "say", "body": "", "number": 10}',
        '{"type": "say", "body": "", "number": -1}',
        '{"type": "say", "body": "", "number": 1.0}',
        '{"type": "hello", "rooms": []}',
        '{"type": "ping", "ref": 5}',
        '{"type": "ping", "ref": "' + "r" * 65 + '"}',
        '{"type": NaN}',
        '{"type": "ping"} {"type": "ping"}',
        "[" * 20000,
        '{"a":' * 10000 + "1" + "}" * 10000,
        '{"type": "ping", "ref": ' + "1" * 5000 + "}",
    ],
)
def test_what_is_no_frame_of_the_table_is_bad(text):
    with pytest.raises(frames.BadFrame) as bad:
        read(text)
    assert bad.value.code == "bad_frame"


def test_a_bad_frame_keeps_a_ref_that_could_be_read():
    with pytest.raises(frames.BadFrame) as bad:
        read('{"type": "post", "ref": "17"}')
    assert bad.value.ref == "17"


@pytest.mark.parametrize("text", [" " * (64 * 1024 + 1), "ї" * (32 * 1024 + 1), "\ud800" * (22 * 1024)])
def test_size_is_measured_in_bytes_and_before_anything_is_parsed(text, monkeypatch):
    monkeypatch.setattr(frames, "_parse", None)
    with pytest.raises(frames.BadFrame) as bad:
        read(text)
    assert bad.value.code == "too_large"


def test_a_frame_of_64_kilobytes_is_read():
    frame = json.dumps({"type": "ping"})
    assert read(frame + " " * (64 * 1024 - len(frame))) == {"type": "ping"}


def test_every_code_has_words():
    assert all(str(words) for words in frames.CODES.values())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text()
    | json_values.map(json.dumps)
    | st.fixed_dictionaries(
        {"type": st.sampled_from([*TABLE, "post"])},
        optional={name: json_values for name in ("token", "rooms", "ref", "body", "number")},
    ).map(json.dumps)
)
def test_whatever_comes_is_read_or_declined(text):
    try:
        frame = read(text)
    except frames.BadFrame as bad:
        assert bad.code in frames.CODES
    else:
        assert frame["type"] in TABLE
