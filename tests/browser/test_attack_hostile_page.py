"""A page of another website, open in the browser in which Vera works: Chromium sends it nothing and does nothing for it.

Another port of the same name is the nearest a stranger can come: to cookies it is the same website. The handshakes and forms
that no browser would send are in tests/attacks/test_hostile_page.py.
"""

import pytest
from playwright.sync_api import expect

from tests.browser.helpers import login
from tests.browser.other_site import other_site

# What the page tries: each gives what it got, in words.
TRIES = """async ([house, own]) => {
  const socket = (url) => new Promise((told) => {
    const line = new WebSocket(url.replace("http", "ws") + "/ws/", "hotline.v1");
    line.onopen = () => told("open");
    line.onerror = () => told("refused");
  });
  const read = async (path, more) => {
    try {
      const answer = await fetch(house + path, {credentials: "include", ...more});
      return answer.type === "opaque" ? "opaque" : (await answer.text()).slice(0, 80);
    } catch (problem) { return "refused"; }
  };
  const framed = (path) => new Promise((told) => {
    const frame = document.createElement("iframe");
    frame.onload = () => {
      try { told(frame.contentDocument ? "read" : "shut"); } catch (problem) { told("shut"); }
    };
    frame.src = house + path;
    document.body.append(frame);
  });
  window.popup = window.open(house + "/desk/requests/", "desk");
  return {
    socket: await socket(house),
    page: await read("/accounts/kept/file/"),
    call: await read("/chat/api/conversations/"),
    json: await read("/accounts/device/", {method: "POST", body: "{}", headers: {"Content-Type": "application/json"}}),
    header: await read("/accounts/device/", {method: "POST", body: "", headers: {"X-CSRFToken": "x"}}),
    frame: await framed("/accounts/"),
  };
}"""
FORM = """([house, name]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = house + "/accounts/device/";
  const box = document.createElement("input");
  box.name = "device";
  box.value = name;
  form.append(box);
  document.body.append(form);
  form.submit();
}"""
POLICY = "default-src *"


@pytest.fixture
def stranger(page, context, live, cast):
    """A page of another port, open beside Vera's, from which nothing is forbidden on its own side."""
    login(page, cast.vera)
    with other_site(live, "<p>A quiz</p>", policy=POLICY) as site:
        other = context.new_page()
        other.goto(site)
        yield other


def test_it_reads_nothing_and_holds_nothing(page, stranger, live):
    got = stranger.evaluate(TRIES, [live, stranger.url])
    assert got == {
        "socket": "refused",
        "page": "refused",
        "call": "refused",
        "json": "refused",
        "header": "refused",
        "frame": "shut",
    }
    # the window with her desk, which it has opened, is cut off from it as soon as the desk is there
    stranger.wait_for_function("() => popup.closed")


def test_its_form_does_nothing(page, stranger, live):
    with stranger.expect_navigation():
        stranger.evaluate(FORM, [live, "A thief's telephone"])
    expect(stranger.locator("body")).to_contain_text("open for too long")
    page.goto("/accounts/")
    devices = page.locator("main")
    expect(devices).to_contain_text("A device without a name")
    page.locator("[name=device]").fill("My own telephone")
    page.get_by_role("button", name="Keep the name").click()
    expect(devices).to_contain_text("My own telephone")
    expect(devices).not_to_contain_text("A device without a name")
