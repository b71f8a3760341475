"""Signed calls, held against the example of the Standard Webhooks specification, and against forgers."""

from datetime import UTC, datetime, timedelta

import pytest

from hotline.lib import webhooks

# From the specification's reference libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CALL, STAMP = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
NOW = datetime.fromtimestamp(STAMP, UTC)


def given(**changes):
    headers = {"webhook-id": CALL, "webhook-timestamp": str(STAMP), "webhook-signature": SIGNATURE}
    return headers | {f"webhook-{name}": value for name, value in changes.items()}


def test_the_signature_is_that_of_the_standard():
    assert webhooks.sign(SECRET, CALL, STAMP, BODY) == SIGNATURE
    assert webhooks.verify([SECRET], given(), BODY, NOW) == CALL


def test_each_of_several_secrets_is_enough_while_they_change():
    old, new = webhooks.new_secret(), webhooks.new_secret()
    headers = webhooks.headers([new, old], CALL, NOW, BODY)
    assert len(headers["webhook-signature"].split(" ")) == 2
    for known in ([old], [new], [webhooks.new_secret(), old]):
        assert webhooks.verify(known, headers, BODY, NOW) == CALL
    assert old != new and webhooks.is_secret(new)


@pytest.mark.parametrize(
    "changes",
    [
        {"signature": ""},
        {"signature": "v1,"},
        {"signature": SIGNATURE.replace("v1", "v2")},
        {"signature": "v1,ümläut"},
        {"signature": " ".join(["v1,x"] * 5000)},
        {"id": ""},
        {"id": "another-call"},
        {"id": "with.a\nbreak"},
        {"timestamp": ""},
        {"timestamp": str(STAMP + 1)},
        {"timestamp": "１６１４２６５３３０"},
        {"timestamp": "9" * 400},
    ],
)
def test_what_was_changed_on_the_way_is_refused(changes):
    with pytest.raises(webhooks.BadSignature):
        webhooks.verify([SECRET], given(**changes), BODY, NOW)


def test_another_body_another_secret_and_another_time_are_refused():
    for known, body, now in (
        ([SECRET], BODY + b" ", NOW),
        ([webhooks.new_secret()], BODY, NOW),
        ([], BODY, NOW),
        ([SECRET], BODY, NOW + timedelta(seconds=301)),
        ([SECRET], BODY, NOW - timedelta(seconds=301)),
    ):
        with pytest.raises(webhooks.BadSignature):
            webhooks.verify(known, given(), body, now)


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_short", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_***"])
def test_what_is_no_secret(text):
    assert not webhooks.is_secret(text)
