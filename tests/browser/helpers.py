"""What tests in Chromium say: log in, look at a page in four ways, let axe judge it."""

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client

SCREENSHOTS = Path(os.environ.get("SCREENSHOTS", Path(__file__).parents[2] / "var" / "screenshots"))
WIDTHS = {360: 740, 1440: 900}
SCHEMES = ("light", "dark")
# A line that was cut, an answer of 4xx or 5xx are the business of the test that asked for it, no fault of the page.
ANSWERS = ("Failed to load resource", "Response Status Error Code", "htmx:sendError", "htmx:afterRequest")
GRAVE = {"serious", "critical"}
# Without preload: it would copy our style sheets into the page, which the policy refuses.
AXE = {"resultTypes": ["violations"], "preload": False}


def watch(page):
    """Collects in page.problems (list of str) what goes wrong on it: errors of scripts, of the console, of the policy."""
    page.problems = []

    def note(message):
        if message.type == "error" and not any(words in message.text for words in ANSWERS):
            page.problems.append(f"console: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: page.problems.append(f"script: {error}"))


def login(page, user):
    """Logs `user` in, as after the log-in page; then go where you want."""
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": value, "domain": "127.0.0.1", "path": "/", "httpOnly": True}]
    )


def intercept(page, address, handler):
    """page.route(address, handler) on a page that is open already; returns when it holds for what the page asks next."""
    page.route(address, handler)
    intercepted(page)


def intercepted(page):
    """Returns when the page's routes hold for what it asks next."""
    # the browser says that it intercepts before the page's own requests take that way
    page.route("**/intercepted/", lambda route: route.fulfill(body=""))
    page.evaluate("async () => { while (!(await fetch('/intercepted/')).ok); }")


def hold(page, *addresses):
    """What the page asks for at these addresses waits for its answer. Returns release(): it goes on, and so does all later."""
    held, released = [], []

    def meet(route):
        if released:
            route.continue_()
        else:
            held.append(route)

    def release():
        released.append(True)
        for route in held:
            route.continue_()

    for address in addresses:
        page.route(address, meet)
    return release


def axe(page, *, colours_only=False):
    """Fails with what axe-core finds serious or critical on the page as it is now, or with its contrasts alone."""
    page.wait_for_function("() => document.readyState === 'complete'")
    options = AXE | ({"runOnly": {"type": "rule", "values": ["color-contrast"]}} if colours_only else {})
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate("async (options) => (await axe.run(options)).violations", options)
    grave = [
        f"{one['id']}: {one['help']}\n    " + "\n    ".join(node["html"][:200] for node in one["nodes"])
        for one in found
        if one["impact"] in GRAVE
    ]
    assert grave == [], "\n".join([page.url, *grave])


def fits(page):
    """Fails when the page is wider than the window, which on a phone means scrolling sideways."""
    wide = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
            .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
            .map((one) => `${one.tagName.toLowerCase()}.${one.className} ${Math.round(one.getBoundingClientRect().right)}`)
            .slice(0, 12)"""
    )
    assert wide == [], f"{page.url} is wider than {page.viewport_size['width']} px: {wide}"


def screenshot(page, name, *, judge=True):
    """
    Looks at the page on a phone and on a desk, light and dark: var/screenshots/<name>-<width>-<scheme>.png.

    With `judge`, each of the four must fit and please axe. Leaves the page as it was, at 1440 px and light.
    """
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    # whoever has just pressed a link sees the whole page before long
    page.wait_for_function("() => document.readyState === 'complete'")
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.screenshot(path=SCREENSHOTS / f"{name}-{width}-{scheme}.png", full_page=True, caret="initial")
            if judge:
                fits(page)
                # in the dark only the colours are others
                axe(page, colours_only=scheme == "dark")
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
