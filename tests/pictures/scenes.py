"""What happens before each picture: an operator takes a request, a coordinator helps, a crawling team finds a post."""

from playwright.sync_api import expect

from hotline.guides import SCALE
from tests.browser.hands import READY
from tests.pictures.camera import WINDOW
from tests.pictures.examples import LINK
from tests.support.simulator import SimulatorClient

# Whose phone gets the offers: it covers accommodation and Kharkiv.
HELPER = "Neighbours' circle"
# Pixels around a message, so that the one above it stays out.
BESIDE = 6
# Of the contact: name, number, when to ring, what to say, place and street, each with its label.
SHOWN = 12
PATIENCE = 60_000


class Scenes:
    """The scenes in one language, one after the other."""

    def __init__(self, browser, camera, house, language, example, password):
        self.browser, self.camera, self.house, self.password = browser, camera, house, password
        self.language, self.example = language, example
        self.phones = SimulatorClient(f"{house.url}/simulator")
        self.helper = next(one["id"] for one in self.phones.state()["people"] if one["name"] == HELPER)

    def all(self):
        """Yields (name, Picture) of everything that the three guides show."""
        self._speak()
        desk, phone = self._desk("vera"), self._open("/simulator/")
        yield from self._taking(desk)
        yield from self._helping(phone)
        yield "operator-card", self._card(desk)
        yield from self._finding(self._desk("viktor"))

    def _open(self, path, *, person=None):
        """A page as somebody's phone shows it in this language; person: who logs in before."""
        context = self.browser.new_context(
            base_url=self.house.url,
            viewport=WINDOW,
            device_scale_factor=SCALE,
            locale=self.example.locale,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        if person:
            page.goto(f"/accounts/login/?next={path}")
            page.locator("[name=username]").fill(person)
            page.locator("[name=password]").fill(self.password)
            page.keyboard.press("Enter")
            page.wait_for_url(f"**{path}")
            page.locator("button[popovertarget=person-menu]").click()
            page.locator(f"button[name=language][value={self.language}]").click()
        else:
            page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", self.language)
        return page

    def _desk(self, person):
        page = self._open("/desk/requests/", person=person)
        expect(page.locator(".connection")).to_have_attribute("data-state", "connected")
        return page

    def _choose(self, page, name, words):
        page.locator(f"[name={name}_text]").focus()
        page.keyboard.type(words)
        page.wait_for_selector(READY)
        page.keyboard.press("Enter")
        expect(page.locator(f"[name={name}]")).not_to_have_value("")

    def _speak(self):
        """The helper's phone is spoken to in this language from now on."""
        asked, answered = self._questions(), len(self.phones.calls("answerCallbackQuery"))
        self.phones.text(self.helper, "/language")
        self.phones.wait_for(lambda _phones: self._questions() > asked)
        self.phones.press(self.helper, data=f"l.{self.language}")
        self.phones.wait_for(lambda phones: len(phones.calls("answerCallbackQuery")) > answered)

    def _questions(self):
        """How often the helper was asked which language to speak."""
        rows = [row for message in self.phones.messages(self.helper) for row in message["buttons"]]
        return sum(button.get("callback_data") == f"l.{self.language}" for row in rows for button in row)

    def _taking(self, page):
        """Vera takes a request."""
        self._choose(page, "n0-category", "accommodation")
        self._choose(page, "n0-place", "kharkiv")
        page.locator(".cover .dot.good").wait_for()
        page.locator("[name=n0-q-nights]").fill("3")
        need = page.locator(".need")
        parts = (".two", ".cover", ".danger-first", ".question")
        yield "operator-form", self.camera.take(page, *(need.locator(part).first for part in parts))
        page.locator(f"[name=languages][value={self.language}]").check()
        for name in ("phone", "name", "safe_time", "safe_words"):
            page.locator(f"[name={name}]").fill(getattr(self.example, name))
        page.locator("#otherwise summary").click()
        page.locator("[name=address]").fill(self.example.street)
        page.locator("[name=consent]").check()
        page.locator("#send").click()
        sent = page.locator(".sent")
        sent.wait_for()
        yield "operator-sent", self.camera.take(page, sent)

    def _helping(self, page):
        """The offer comes to a phone, is accepted there, and its contact opened."""
        # so high that a whole message is in sight
        page.set_viewport_size({**WINDOW, "height": 1200})
        phone = page.locator("article.phone", has=page.get_by_role("heading", name=HELPER))
        message = phone.locator(".message").last
        message.locator("[data-data^='a.']").wait_for()
        yield "coordinator-offer", self.camera.take(page, message, margin=BESIDE)
        message.locator("[data-data^='a.']").click()
        message.locator("[data-data^='f.']").wait_for()
        yield "coordinator-yours", self.camera.take(page, message, margin=BESIDE)
        link = self._open(message.locator("a.button").get_attribute("href").removeprefix(self.house.url))
        link.locator("form[action$='/contact/'] button").click()
        link.locator(".facts").wait_for()
        opened = link.locator(".opened")
        facts = opened.locator(".facts dt, .facts dd").all()[:SHOWN]
        parts = [opened.locator(".row"), opened.locator(".pair"), *facts]
        yield "coordinator-contact", self.camera.take(link, *parts)

    def _card(self, page):
        """The card of that request, which somebody has accepted, and whose contact was opened."""
        card = page.locator(".card.request", has=page.locator(".tag.good")).first
        card.wait_for()
        return self.camera.take(page, card)

    def _finding(self, page):
        """Viktor reads a post; on his desk stands one that the demo holds."""
        page.locator("[name=source]").select_option("forum")
        page.locator("[name=link]").fill(LINK)
        page.locator("[name=post]").fill(self.example.post)
        yield "crawler-post", self.camera.take(page, page.locator("[data-post]"))
        page.locator("#read-post").click()
        found = page.locator("[data-post] .notice")
        found.wait_for()
        yield "crawler-found", self.camera.take(page, found)
        held = page.locator(".card.request", has=page.locator(".notice.waiting")).first
        yield "crawler-held", self.camera.take(page, held)
