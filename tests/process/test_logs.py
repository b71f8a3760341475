"""A running house is sent a marked text by every way there is, whole and broken; what it writes down holds none of it."""

import json
import sqlite3

import httpx
import psycopg
import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from tests.support.leaks import Mark, Text

TABLES = ("chat_line", "dispatch_offerlink", "telegram_telegramupdate", "staff_session")
SECRET = "webhook-secret-of-this-test"


def production(folder):
    """What makes a production house of the demo's, but that it answers by plain HTTP."""
    return {
        "DEBUG": "0",
        "SECRET_KEY": "x" * 60,
        "BASE_URL": "https://hotline.example.org",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECURE_SSL_REDIRECT": "0",
        "KEYRING_DIR": str(folder / "keyring"),
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "EMAIL_FROM": "hotline@example.org",
    }


def break_tables(url):
    """Take tables away under the running house: from now on the database refuses, and says of what."""
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///"), timeout=60) as file:
            for table in TABLES:
                file.execute(f"ALTER TABLE {table} RENAME TO {table}_gone")
        return
    with psycopg.connect(url, autocommit=True) as database:
        for table in TABLES:
            database.execute(f"ALTER TABLE {table} RENAME TO {table}_gone")


def attack(server, mark):
    """The text in everything that a stranger may send."""
    text = str(mark)
    headers = {
        "X-Wish": text,
        "User-Agent": text,
        "Referer": f"https://{text}.example/",
        "Authorization": f"Bearer {text}",
        "Cookie": f"sessionid={text}; csrftoken={text}; offer_device={text}",
    }
    update = {
        "update_id": 7,
        "message": {"message_id": 1, "date": 1, "text": text, "chat": {"id": 1, "type": "private"}},
    }
    with httpx.Client(base_url=server.url, headers=headers, trust_env=False, timeout=60) as client:
        for path in (f"/{text}/", f"/o/{text}/", f"/desk/requests/{text}/note/", f"/chat/{text}/", f"/admin/{text}/"):
            client.get(path, params={"q": text})
            client.post(path, data={"text": text})
            client.post(path, files={"file": (text, text.encode())})
        for call in (
            "lines/youth/",
            f"lines/{text}/",
            f"rooms/{text}/events/",
            f"conversations/{text}/",
            "conversations/",
        ):
            client.get(f"/chat/api/{call}", params={"language": text, "after": text})
            for body in (json.dumps({"id": text, "body": text, "alias": text}), text, f'{{"{text}"', text * 200_000):
                client.post(f"/chat/api/{call}", content=body, headers={"Content-Type": "application/json"})
            client.delete(f"/chat/api/{call}")
        client.get("/", headers={"Host": f"{text}.example"})
        client.request(text.upper(), f"/{text}/")
        client.post("/accounts/login/", data={"username": text, "password": text})
        for body in (json.dumps(update), text):
            client.post("/telegram/webhook/", content=body, headers={"X-Telegram-Bot-Api-Secret-Token": SECRET})
    address = server.url.replace("http", "ws")
    for path, origin in (("/ws/", server.url), (f"/{text}/", server.url), ("/ws/", f"https://{text}.example")):
        try:
            with connect(f"{address}{path}?q={text}", origin=origin, subprotocols=["hotline.v1"]) as socket:
                socket.send(json.dumps({"type": "hello", "token": text, "rooms": {text[:16]: 1}}))
                socket.recv(timeout=60)
                socket.send(text)
        except (WebSocketException, TimeoutError):
            continue


@pytest.mark.parametrize("kind", ["production", "demo"])
def test_nothing_that_comes_in_stands_in_the_log(serve, command, variables, tmp_path, kind):
    more = production(tmp_path) if kind == "production" else {}
    code, output = command("keys", "create", **more).result()
    assert code == 0, output
    mark = Mark()
    server = serve(
        TELEGRAM_BOT_TOKEN="1:simulator", TELEGRAM_WEBHOOK_SECRET=SECRET, TELEGRAM_API_URL="http://127.0.0.1:1", **more
    )
    server.until(lambda: server.health() is not None)
    attack(server, mark)
    break_tables(variables["DATABASE_URL"])
    attack(server, mark)
    written = server.output
    server.end()
    for form in (str(mark), str(mark).lower(), str(mark).upper()):
        Mark(form).assert_absent(Text(written, server.output))
    assert "OperationalError" in written or "ProgrammingError" in written, "nothing broke: the test proves nothing"
    assert "o/<str:token>/" in written
    if kind == "production":
        lines = [line for line in written.splitlines() if line.startswith("{")]
        assert lines and all({"at", "level", "logger", "where"} <= json.loads(line).keys() for line in lines)
