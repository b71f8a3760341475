"""The simulator's own rules: who may ask it, what it keeps, where it refuses to run."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from hotline.telegram.simulator import people
from hotline.telegram.simulator.server import Mounted, configured
from hotline.telegram.simulator.simulator import Simulator


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "hotline.example.org"},
        {"host": "127.0.0.1.example.org"},
        {"origin": "https://example.org"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
    ],
)
@pytest.mark.parametrize("path", ["/control/state", "/", "/bot1:simulator/getMe"])
def test_foreign_hosts_and_pages_are_refused(simulator, path, headers):
    assert httpx.get(simulator.url + path, headers=headers, verify=False, timeout=60).status_code == 403


async def test_other_machines_are_refused(simulator_server):
    sent = []

    async def send(event):
        sent.append(event)

    headers = [(b"host", b"127.0.0.1")]
    scope = {"type": "http", "method": "GET", "path": "/simulator/", "headers": headers, "client": ("10.0.0.7", 5)}
    await simulator_server.application(scope, None, send)
    assert sent[0]["status"] == 403


def test_control_takes_json_objects_with_known_fields_only(simulator):
    address = f"{simulator.url}/control/people"
    post = httpx.Client(verify=False, trust_env=False, timeout=60).post
    assert post(address, data={"name": "Vera"}).status_code == 415
    for body in (b"{", b"[]", b'{"nam": "Vera"}', b'{"name": " "}'):
        assert post(address, content=body, headers={"content-type": "application/json"}).status_code == 400, body
    assert post(f"{simulator.url}/control/nothing", json={}).status_code == 404
    assert post(f"{simulator.url}/control/block", json={"person": 5}).status_code == 404
    assert post(f"{simulator.url}/control/settings", json={"colour": 5}).status_code == 400
    assert httpx.get(f"{simulator.url}/control/calls?since=x", verify=False, timeout=60).status_code == 400
    assert httpx.get(f"{simulator.url}/control/nothing", verify=False, timeout=60).status_code == 404
    assert httpx.get(f"{simulator.url}/nothing", verify=False, timeout=60).status_code == 404
    assert simulator.state()["people"] == []


async def test_reset_forgets_all_but_never_gives_a_number_twice(library_bot, simulator):
    vera = simulator.person("Vera")
    simulator.text(vera, "one")
    (update,) = await library_bot.get_updates()
    simulator.fault("server_error", method="getMe")
    simulator.post("reset")
    assert await library_bot.get_me()
    assert simulator.state()["people"] == []
    simulator.text(simulator.person("Vera"), "two")
    assert (await library_bot.get_updates())[0].update_id > update.update_id


async def test_phones_survive_a_restart(tmp_path):
    path = tmp_path / "deep" / "phones.json"
    first = Simulator("1:simulator", "some_bot", path)
    vera = people.add_person(first.world, "Vera", language="uk", started=True)
    group = people.add_group(first.world, "Rooms", [vera.id])
    buttons = [[{"text": "Accept", "callback_data": "a"}]]
    first.world.post(first.world.chats[vera.id], 1, "Hello", [], buttons)
    people.text(first.world, vera, group, "/open")
    first.close()
    second = Simulator("1:simulator", "some_bot", path)
    number = {"next_update": second.world.next_update}
    assert second.world.to_dict() == first.world.to_dict() | number
    assert path.stat().st_mode & 0o077 == 0
    assert [entry.name for entry in path.parent.iterdir()] == ["phones.json"]
    people.press(second.world, second.world.people[vera.id], second.world.chats[vera.id], None, "Accept")


@pytest.mark.parametrize("file", ["kept", "lost", "damaged"])
async def test_numbers_of_updates_never_fall_back_after_a_kill(tmp_path, time_machine, file):
    path = tmp_path / "phones.json"
    first = Simulator("1:simulator", "some_bot", path)
    vera = people.add_person(first.world, "Vera", started=True)
    first.store.write()
    # what comes now is taken by the bot, and never written
    for number in range(50):
        people.text(first.world, vera, first.world.chats[vera.id], f"/open {number}")
    taken = first.world.updates[-1]["update_id"]
    if file == "lost":
        path.unlink()
    elif file == "damaged":
        path.write_text("{")
    time_machine.move_to(time.time() + 60)
    second = Simulator("1:simulator", "some_bot", path)
    vera = people.add_person(second.world, "Vera", started=True)
    people.text(second.world, vera, second.world.chats[vera.id], "/open")
    assert second.world.updates[-1]["update_id"] > taken


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 0}', '{"version": 1}'])
def test_unreadable_state_starts_empty(tmp_path, text):
    path = tmp_path / "phones.json"
    path.write_text(text)
    assert Simulator("1:simulator", "some_bot", path).world.people == {}


async def test_mounted_simulator_answers_at_once_and_keeps_its_state_at_the_end(settings, tmp_path):
    settings.SIMULATOR_STATE = tmp_path / "phones.json"
    mounted = Mounted()
    transport = httpx.ASGITransport(mounted)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/simulator/") as client:
        page = await client.get("")
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert (await client.get(f"/bot{settings.TELEGRAM_BOT_TOKEN}/getMe")).json()["ok"]
        (await client.post("control/people", json={"name": "Vera"})).raise_for_status()
        mounted.close()
        version = (await client.get("control/view")).json()["version"]
        assert (await client.get(f"control/view?since={version}&wait=30")).status_code == 200  # at once
    assert json.loads(settings.SIMULATOR_STATE.read_text())["people"][0]["name"] == "Vera"


async def test_production_refuses_it(settings):
    settings.SIMULATOR = False
    with pytest.raises(ImproperlyConfigured, match="DEBUG"):
        configured(None)
    with pytest.raises(ImproperlyConfigured, match="DEBUG"):
        await Mounted()({"type": "http"}, None, None)
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("simulator", port=0)


def test_taken_port_is_said(simulator_server):
    with pytest.raises(CommandError, match="Cannot listen on port"):
        call_command("simulator", port=simulator_server.port)


def test_command_serves_alone_and_ends_while_somebody_waits(tmp_path):
    state = tmp_path / "phones.json"
    environment = os.environ | {"DEBUG": "1", "SECRET_KEY": uuid.uuid4().hex * 2}
    command = [sys.executable, "manage.py", "simulator", "--port", "0", "--state", str(state)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        url = process.stdout.readline().split()[-1]
        with (
            httpx.Client(base_url=url, verify=False, trust_env=False, timeout=60) as client,
            ThreadPoolExecutor() as pool,
        ):
            client.post("control/people", json={"name": "Vera"}).raise_for_status()
            assert client.get("").status_code == 200
            assert client.get(httpx.URL(url).join("/static/css/simulator.css")).status_code == 200
            version = client.get("control/view").json()["version"]
            waiting = pool.submit(client.get, f"control/view?since={version}&wait=30")
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) in (0, -signal.SIGTERM)
            with contextlib.suppress(httpx.TransportError):  # it may have closed before it was asked
                assert waiting.result().status_code == 200
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    assert json.loads(state.read_text())["people"][0]["name"] == "Vera"
