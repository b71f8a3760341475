"""The process behind tests/support/nursery.py: it has loaded the house and forks web servers and workers of it.

It reads one JSON object a line and answers each with another.
"""

import asyncio
import json
import os
import signal
import socket
import sys
import threading
import time
from importlib import import_module
from pathlib import Path

PATIENCE = 60


def hold_at(path, when, mark):
    """Replace the function at the dotted path by one that leaves a mark and then never returns."""
    module, _dot, name = path.rpartition(".")
    owner = import_module(module)
    original = getattr(owner, name)

    def held(*arguments, **named):
        if when == "after":
            original(*arguments, **named)
        Path(mark).touch()
        threading.Event().wait()

    setattr(owner, name, held)


def hurry(rate):
    """As many calls a second as the machine can do; the pace of a single chat falls away."""
    from hotline.outbox import limits

    limits.RATES = {channel: limits.Rate(rate, 1, 0.0, rate, 1) for channel in limits.RATES}


def be_web(listening):
    """The web server, as `serve --no-worker` runs it."""
    from hotline.management import server

    server.run([listening], with_worker=False, announce=lambda: None)


def be_worker(_listening):
    """The worker, as the command runs it."""
    from hotline import worker

    async def work():
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await worker.run(stop)

    asyncio.run(work())


WORK = {"web": be_web, "worker": be_worker}


def fork(request):
    """Start a child; {pid, port?}."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=512) if request["do"] == "web" else None
    pid = os.fork()
    if pid:
        port = listening and listening.getsockname()[1]
        if listening:
            listening.close()
        return {"pid": pid, "port": port}
    code = 1
    try:
        # What the test writes is for the nursery alone.
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        if request["hold"]:
            hold_at(request["hold"], request["when"], request["mark"])
        if request["rate"]:
            hurry(request["rate"])
        WORK[request["do"]](listening)
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)


def end(request):
    """Send a signal to a child and wait until it is gone; {code}."""
    os.kill(request["pid"], request["signal"])
    until = time.monotonic() + PATIENCE
    while os.waitid(os.P_PID, request["pid"], os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if time.monotonic() > until:
            os.kill(request["pid"], signal.SIGKILL)
        threading.Event().wait(0.01)
    _pid, status = os.waitpid(request["pid"], 0)
    return {"code": os.waitstatus_to_exitcode(status)}


def main():
    """Serve until nobody asks any more, then end whatever still runs."""
    import django
    from django.conf import settings
    from django.template.loader import get_template

    django.setup()
    # A log of all queries in memory is for a developer's page.
    settings.DEBUG = False

    # Everything that a child would have to load before its first answer.
    for name in ("hotline.asgi", "hotline.worker", "hotline.management.server", settings.ROOT_URLCONF):
        import_module(name)
    get_template("dispatch/offers/offer.html")
    running = set()
    for line in sys.stdin:
        request = json.loads(line)
        answer = end(request) if request["do"] == "end" else fork(request)
        if "pid" in answer:
            running.add(answer["pid"])
        else:
            running.discard(request["pid"])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for pid in running:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
