"""`serve`: it opens, says where, and closes within ten seconds whoever is still in."""

import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.process.houses import ROOT, free_port


def open_socket(url: str, path: str = "/ws/"):
    """A socket as a page of the house opens it."""
    address = f"{url.replace('http', 'ws', 1)}{path}"
    return connect(address, origin=url, subprotocols=["hotline.v1"], proxy=None, open_timeout=60)


def test_serve_is_well_and_says_where_it_is(house):
    assert f"http://localhost:{house.port}/\n" in house.output
    assert f"http://localhost:{house.port}/simulator/" in house.output
    assert house.health().json()["ok"] is True


def test_serve_listens_under_every_address_of_localhost(house):
    for *_, address in socket.getaddrinfo("localhost", house.port, type=socket.SOCK_STREAM):
        with socket.create_connection(address[:2], timeout=60):
            pass


def test_there_is_no_other_socket(house):
    with pytest.raises(InvalidStatus) as refused:
        open_socket(house.url, "/ws/elsewhere/")

    assert refused.value.response.status_code == 403
    assert "Traceback" not in house.output


def test_a_second_server_on_the_port_says_so_in_one_line(house, command):
    code, output = command("serve", "--port", str(house.port)).result()

    assert code == 1
    assert output.strip() == (
        f"CommandError: Port {house.port} is in use: end what runs there or choose another with PORT=…."
    )


def test_sigterm_ends_it_with_an_open_socket_and_a_long_poll(serve):
    house = serve()
    house.until(house.is_well)
    view = f"{house.url}/simulator/control/view"
    version = httpx.get(view, trust_env=False, timeout=60).json()["version"]
    with ThreadPoolExecutor(1) as pool, open_socket(house.url) as open_one:
        waiting = pool.submit(httpx.get, view, params={"since": version, "wait": 600}, trust_env=False, timeout=600)

        assert house.end(signal.SIGTERM) == 0
        with suppress(httpx.TransportError):  # it may have closed before it was asked
            assert waiting.result().status_code == 200
        with pytest.raises(ConnectionClosed) as closed:
            open_one.recv(timeout=60)

    assert closed.value.rcvd.code == 1012
    assert "graceful shutdown exceeded" not in house.output, "nothing had to be cut off"
    assert "Traceback" not in house.output


@pytest.mark.parametrize("signals", [(signal.SIGINT,), (signal.SIGINT, signal.SIGINT)], ids=["once", "twice"])
def test_ctrl_c_ends_it(serve, signals):
    house = serve()
    house.until(house.is_well)

    assert house.end(*signals) == 0
    assert "Traceback" not in house.output


def test_without_a_worker_the_house_is_not_well_until_one_works(serve, command):
    house = serve("--no-worker")
    house.until(lambda: house.health() is not None)
    alone = house.health()
    worker = command("worker", PORT=str(house.port))
    worker.until(house.is_well)

    assert alone.status_code == 503
    assert alone.json()["worker"] == {"ok": False, "seconds_since_beat": None}
    assert alone.json()["database"] == {"ok": True}
    assert worker.end() == 0


@contextmanager
def ignoring(number):
    """Inside, processes are started as by a shell that has its background commands ignore this signal."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(number, before)


def test_reload_starts_again_when_code_changes_until_ctrl_c(serve):
    with ignoring(signal.SIGINT):
        house = serve("--reload", "--no-worker")
    house.until(lambda: house.health() is not None)
    Path(ROOT, "hotline", "asgi.py").touch()
    house.until(lambda: "starting again" in house.output)
    house.until(lambda: house.output.count("Hotline is open at") == 2)

    assert house.end(signal.SIGINT) == 0
    assert "Traceback" not in house.output


def test_a_host_that_is_not_ours_is_refused_in_words(command):
    code, output = command("serve", "--host", "192.0.2.1", "--port", str(free_port())).result()

    assert code == 1
    assert "Cannot listen on 192.0.2.1" in output
    assert "Traceback" not in output


def test_a_port_that_is_none_is_refused_in_words(command):
    code, output = command("serve", "--port", "70000").result()

    assert code == 1
    assert "a port is a number from 1 to 65535" in output
