import re

from hotline.lib import codes


def test_public_codes_are_ten_characters_that_nobody_mixes_up():
    made = {codes.public_code() for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{10}", code) for code in made)


def test_tokens_are_random_and_fit_into_addresses():
    made = {codes.token() for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"[\w-]{22}", token) for token in made)
    assert len(codes.token(32)) == 43


def test_a_token_is_stored_as_a_hash_of_one_purpose(ring):
    assert codes.hash_token("abc", "link") == codes.hash_token("abc", "link")
    assert codes.hash_token("abc", "link") != codes.hash_token("abc", "offer")
    assert codes.hash_token("abc", "link") != codes.hash_token("abd", "link")
    assert len(codes.hash_token("abc", "link")) == 32


def test_the_hash_of_a_token_needs_the_site_key(ring, settings, tmp_path):
    before = codes.hash_token("abc", "link")
    settings.KEYRING_DIR = tmp_path / "other"
    codes.keyring().create_site_key()
    assert codes.hash_token("abc", "link") != before
