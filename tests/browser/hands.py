"""An operator's hands on the keyboard. Nothing here touches a mouse."""

import re

from playwright.sync_api import expect

FOCUS = "document.activeElement.id || document.activeElement.name || document.activeElement.tagName"
READY = "combo-box:focus-within:not([data-busy]) [role=option][aria-selected=true]"


class Hands:
    """Types and presses; `strokes` counts the keys."""

    def __init__(self, page):
        self.page = page
        self.strokes = 0

    def type(self, text):
        """Type into whatever has the focus."""
        self.page.keyboard.type(text)
        self.strokes += len(text)

    def press(self, *keys):
        """Press keys, one after the other; "Control+Enter" is one."""
        for key in keys:
            self.page.keyboard.press(key)
            self.strokes += 1

    def choose(self, text):
        """Type into a box with suggestions, take the first one, and go on to the next box."""
        self.type(text)
        self.page.wait_for_selector(READY)
        self.press("Enter", "Enter")

    def go_to(self, label, *, most=60):
        """Press Tab until the box or button whose name begins so has the focus."""
        begins = re.compile(rf"^\s*{re.escape(label)}")
        wanted = self.page.get_by_label(begins).or_(self.page.get_by_role("button", name=begins))
        way = []
        for _step in range(most):
            way.append(self.focus())
            if wanted.evaluate_all("found => found.includes(document.activeElement)"):
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not lead to {label!r}; but to {way}.")

    def focus(self):
        """Id, name or tag of what has the focus."""
        return self.page.evaluate(FOCUS)


def open_desk(page):
    """The desk, connected and with the focus in the first box."""
    # once it is connected, the list asks for what happened meanwhile
    with page.expect_response("**/desk/requests/cards/"):
        page.goto("/desk/requests/")
    expect(page.locator(".connection")).to_have_attribute("data-state", "connected")
    expect(page.get_by_role("combobox", name="What is needed")).to_be_focused()
    return Hands(page)
