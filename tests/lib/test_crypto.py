import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.lib import crypto

KEY = bytes(range(32))


def test_what_is_sealed_opens_with_its_key_and_context():
    sealed = crypto.seal(KEY, b"behind the church", "request:1:note")
    assert crypto.unseal(KEY, sealed, "request:1:note") == b"behind the church"


def test_the_sealed_form_holds_nothing_of_the_text_and_differs_each_time():
    first, second = (crypto.seal(KEY, b"behind the church", "request:1:note") for _ in range(2))
    assert b"church" not in first
    assert first != second
    assert first[0] == 1


@pytest.mark.parametrize("context", ["request:2:note", "request:1:contact", "offer:1:note", ""])
def test_another_context_does_not_open(context):
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(KEY, crypto.seal(KEY, b"text", "request:1:note"), context)


def test_another_key_does_not_open():
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(crypto.new_key(), crypto.seal(KEY, b"text", "here"), "here")


@settings(deadline=None)
@given(place=st.integers(0, 32), bit=st.integers(0, 7))
def test_any_tampered_bit_is_noticed(place, bit):
    sealed = bytearray(crypto.seal(KEY, b"text", "here"))
    sealed[place] ^= 1 << bit
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(KEY, bytes(sealed), "here")


@pytest.mark.parametrize("length", range(0, 33))
def test_a_cut_value_is_refused(length):
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(KEY, crypto.seal(KEY, b"text", "here")[:length], "here")


def test_a_memoryview_opens_as_databases_give_them():
    assert crypto.unseal(KEY, memoryview(crypto.seal(KEY, b"text", "here")), "here") == b"text"


def test_json_survives_in_every_script():
    value = {"name": "Олена", "rooms": [1, 2], "safe": None}
    assert crypto.unseal_json(KEY, crypto.seal_json(KEY, value, "here"), "here") == value


def test_new_keys_differ():
    assert len({crypto.new_key() for _ in range(100)}) == 100
    assert len(crypto.new_key()) == 32


def test_a_keyed_hash_knows_where_its_parts_end():
    assert crypto.keyed_hash(KEY, "ab", "c") != crypto.keyed_hash(KEY, "a", "bc")
    assert crypto.keyed_hash(KEY, "abc") != crypto.keyed_hash(KEY, "abc", "")
    assert crypto.keyed_hash(KEY, "abc") == crypto.keyed_hash(KEY, "abc")


def test_a_keyed_hash_needs_its_key():
    assert crypto.keyed_hash(KEY, "abc") != crypto.keyed_hash(crypto.new_key(), "abc")
