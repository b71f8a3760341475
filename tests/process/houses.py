"""The house's commands as processes of their own, each with a database, a keyring and a port of the test's own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
# Seconds. A start takes about two and the demo twenty on an idle machine; the suite runs on busy ones.
PATIENCE = 120
TICK = 0.05
KEPT = ("PATH", "HOME", "LANG", "REDIS_URL", "PYTHONPATH")


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def environment(**variables: str) -> dict[str, str]:
    """What a process sees of ours: nothing that configures the house, but for these variables."""
    return {name: os.environ[name] for name in KEPT if name in os.environ} | variables


class Process:
    """A running `manage.py` command. `output` is what it has printed so far, errors included."""

    def __init__(self, arguments: tuple[str, ...], variables: dict[str, str], log: Path) -> None:
        self._log = log
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", *arguments], cwd=ROOT, env=variables, stdout=file, stderr=file
            )

    @property
    def output(self) -> str:
        return self._log.read_text()

    def until(self, condition: Callable[[], object]) -> None:
        """Wait until the condition holds; fails with the output when the process ends before, or takes too long."""
        until = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < until, f"it did not come about within {PATIENCE} s:\n{self.output}"
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = self.process.wait(TICK)
                raise AssertionError(f"it ended with {code}:\n{self.output}")

    def end(self, *signals: int) -> int:
        """Send the signals (SIGTERM unless named) and return the exit code; fails when it does not end."""
        for number in signals or (signal.SIGTERM,):
            self.process.send_signal(number)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it still runs after {PATIENCE} s:\n{self.output}") from None

    def result(self) -> tuple[int, str]:
        """Wait for it to end by itself: exit code and output."""
        return self.process.wait(PATIENCE), self.output

    def kill(self) -> None:
        """End it at once if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Server(Process):
    """A running `manage.py serve`."""

    def __init__(self, port: int, arguments: tuple[str, ...], variables: dict[str, str], log: Path) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        super().__init__(("serve", "--port", str(port), *arguments), variables, log)

    def health(self) -> httpx.Response | None:
        """The answer of /healthz, or None while nobody listens."""
        try:
            return httpx.get(f"{self.url}/healthz", trust_env=False, timeout=60)
        except httpx.TransportError:
            return None

    def is_well(self) -> bool:
        """Whether everything works."""
        answer = self.health()
        return answer is not None and answer.status_code == 200


@contextlib.contextmanager
def demo_house(password: str) -> Iterator[Server]:
    """A running demo of its own, whose accounts have this password. Raises SystemExit with what a command said that failed."""
    with tempfile.TemporaryDirectory(prefix="hotline-demo-") as name:
        folder, port = Path(name), free_port()
        variables = environment(
            DEBUG="1",
            DATABASE_URL=f"sqlite:///{folder / 'house.sqlite3'}",
            VAR_DIR=name,
            PORT=str(port),
            BASE_URL=f"http://127.0.0.1:{port}",
            DEMO_PASSWORD=password,
        )
        for command in (("migrate", "--verbosity", "0"), ("demo",)):
            code, output = Process(command, variables, folder / "made.log").result()
            if code:
                raise SystemExit(output)
        server = Server(port, (), variables, folder / "serve.log")
        try:
            server.until(server.is_well)
            yield server
        finally:
            server.kill()
