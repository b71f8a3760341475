"""What Django logs about a request names the pattern of its address, never the address: tokens stand in it."""

import pytest
from django.test import Client

SECRET = "a-token-that-opens-something"


def logged(caplog, method, path, **options):
    client = Client(raise_request_exception=False, **options)
    getattr(client, method)(path)
    return caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "options", "said"),
    [
        ("get", f"/o/{SECRET}/", {}, "Not Found: o/<str:token>/"),
        ("get", f"/nowhere/{SECRET}/", {}, "Not Found: an unknown address"),
        ("get", f"/nowhere/%C3%BC-{SECRET}/", {}, "Not Found: an unknown address"),
        ("get", f"/o/{SECRET}/accept/", {}, "o/<str:token>/accept/"),
        ("post", f"/o/{SECRET}/accept/", {"enforce_csrf_checks": True}, "o/<str:token>/accept/"),
    ],
)
def test_a_refused_request_is_logged_without_its_address(caplog, method, path, options, said):
    text = logged(caplog, method, path, **options)
    assert said in text
    assert SECRET not in text


@pytest.mark.django_db
def test_a_failure_is_logged_without_its_address(caplog, monkeypatch):
    def fail(token):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("hotline.dispatch.actions.links.find", fail)
    text = logged(caplog, "get", f"/o/{SECRET}/")
    assert "Internal Server Error: o/<str:token>/" in text and "the disk is full" in text
    assert SECRET not in text
