"""Somebody else's website: a server on another port of this machine, with a policy of its own."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def other_site(house, body, *, policy=None):
    """Address of a page with this body, until the block ends; by default it allows the house's script and frame alone."""
    allowed = policy or f"default-src 'none'; script-src {house}; frame-src {house}"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            page = f'<!doctype html><html lang="en"><title>A website</title><body><h1>A website</h1>{body}'
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", allowed)
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
