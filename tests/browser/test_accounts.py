"""Accounts in Chromium: invited on a phone, in by app and passkey, asked again, thrown out elsewhere."""

import re

import pytest
from playwright.sync_api import expect

from hotline.outbox.models import Message
from hotline.staff.actions import invitations
from hotline.staff.models import Session, User
from tests.browser.helpers import fits, login, screenshot
from tests.support.factors import code_of, give_app

WORDS = "a river under seven moons"
PHONE = {"width": 360, "height": 740}


def link():
    return re.search(r"(https?://\S+)", Message.objects.latest("created_at").content()["text"])[1]


@pytest.fixture
def local(live, settings, context):
    """The house under the name that browsers allow passkeys for, without https. Its address, str."""
    settings.BASE_URL = live.replace("127.0.0.1", "localhost")
    return settings.BASE_URL


@pytest.fixture
def authenticator(page):
    """A device that knows passkeys, and whose owner always agrees."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def type_log_in(page, name, password):
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()


def test_from_the_invitation_to_the_desk_on_a_phone(page, live, cast, settings):
    settings.STAFF_MFA_REQUIRED = True
    nina = cast.person("nina", roles=["volunteer"], works_in=[cast.phone])
    nina.set_unusable_password()
    nina.save()
    invitations.invite(cast.ada, nina)
    page.set_viewport_size(PHONE)
    page.goto(link())
    screenshot(page, "invitation")
    page.set_viewport_size(PHONE)
    page.get_by_label("New password").fill(WORDS)
    page.get_by_label("The same once more").fill(WORDS)
    page.get_by_role("button", name="Take this password").click()
    expect(page.get_by_role("heading", name="Welcome, Nina")).to_be_visible()
    screenshot(page, "set-up")
    page.set_viewport_size(PHONE)
    page.get_by_role("link", name="Take an app").click()
    page.get_by_text("I cannot scan it").click()
    secret = page.locator(".secret").inner_text().replace(" ", "")
    screenshot(page, "set-up-app")
    page.set_viewport_size(PHONE)
    page.get_by_label("The six digits").fill("000000")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("This code does not fit")).to_be_visible()
    page.get_by_label("The six digits").fill(code_of(secret))
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".codes li")).to_have_count(10)
    screenshot(page, "recovery-codes")
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="I have written them down").click()
    expect(page.get_by_role("heading", name="Hello, Nina")).to_be_visible()
    page.goto("/desk/requests/")
    expect(page.locator("#intake")).to_be_visible()
    fits(page)


def test_a_passkey_is_made_and_opens_the_door_without_a_password(page, local, cast, authenticator):
    cast.vera.save()
    page.goto(f"{local}/accounts/login/?next=/accounts/")
    screenshot(page, "log-in")
    type_log_in(page, "vera", cast.password)
    expect(page.get_by_role("heading", name="My account")).to_be_visible()
    screenshot(page, "account-without-factors")
    page.get_by_role("link", name="Add a passkey").click()
    screenshot(page, "passkey")
    page.get_by_label("What you call it").fill("my phone")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("button", name="I have written them down").click()
    expect(page.get_by_text("my phone")).to_be_visible()
    screenshot(page, "account")
    page.context.clear_cookies()
    page.goto(f"{local}/accounts/login/?next=/accounts/")
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("heading", name="My account")).to_be_visible()
    page.context.clear_cookies()
    page.goto(f"{local}/accounts/login/?next=/accounts/")
    type_log_in(page, "vera", cast.password)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    screenshot(page, "second-step")
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("heading", name="My account")).to_be_visible()


def test_before_a_dangerous_step_the_passkey_is_enough(page, local, cast, authenticator, settings):
    cast.ada.save()
    page.goto(f"{local}/accounts/login/?next=/accounts/set-up/passkey/")
    type_log_in(page, "ada", cast.password)
    expect(page.get_by_role("button", name="Make the passkey")).to_be_visible()
    page.wait_for_load_state()
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("button", name="I have written them down").click()
    settings.REAUTHENTICATION_MINUTES = 0
    page.goto(f"{local}/accounts/set-up/app/")
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    screenshot(page, "again")
    page.get_by_role("link", name="Use your passkey").click()
    settings.REAUTHENTICATION_MINUTES = 5
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("heading", name="Authenticator app")).to_be_visible()


def test_a_browser_that_has_no_passkey_says_that_nothing_came_of_it(page, local, cast):
    page.goto(f"{local}/accounts/login/")
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error()); }")
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_text("Nothing came of it")).to_be_visible()


def test_another_device_is_logged_out_and_its_page_knows_within_seconds(page, live, cast, chromium):
    give_app(cast.vera)
    login(page, cast.vera)
    page.goto("/")
    expect(page.locator(".connection")).to_have_attribute("data-state", "connected")
    phone = chromium.new_context(base_url=live, viewport=PHONE)
    try:
        other = phone.new_page()
        login(other, cast.vera)
        other.goto("/accounts/")
        other.get_by_role("button", name="Log it out").click()
        expect(other.get_by_text("That device is logged out.")).to_be_visible()
        expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    finally:
        phone.close()
    assert Session.objects.filter(user=cast.vera).count() == 1


def test_after_a_new_password_this_device_stays_and_the_others_are_out(page, live, cast, chromium):
    login(page, cast.vera)
    page.goto("/accounts/password/")
    elsewhere = chromium.new_context(base_url=live)
    try:
        other = elsewhere.new_page()
        login(other, cast.vera)
        page.get_by_label("Your password until now").fill(cast.password)
        page.get_by_label("New password").fill(WORDS)
        page.get_by_label("The same once more").fill("something else again")
        page.get_by_role("button", name="Take this password").click()
        expect(page.get_by_text("These two are not the same")).to_be_visible()
        screenshot(page, "password")
        page.get_by_label("Your password until now").fill(cast.password)
        page.get_by_label("New password").fill(WORDS)
        page.get_by_label("The same once more").fill(WORDS)
        page.get_by_role("button", name="Take this password").click()
        expect(page.get_by_role("heading", name="My account")).to_be_visible()
        other.goto("/accounts/")
        expect(other.get_by_role("heading", name="Log in")).to_be_visible()
    finally:
        elsewhere.close()
    assert User.objects.get(pk=cast.vera.pk).check_password(WORDS)


def test_pages_of_ways_back_in_look_right(page, live, cast):
    for address, name in (
        ("/accounts/forgotten/", "forgotten"),
        ("/invitation/", "typed-code"),
        ("/invitation/nonsense/", "way-gone"),
    ):
        page.goto(address)
        screenshot(page, name)
    give_app(cast.vera)
    login(page, cast.cora)
    page.goto("/accounts/help/")
    screenshot(page, "help")
    page.get_by_role("button", name="Make the code").click()
    page.get_by_role("dialog").get_by_role("button", name="Make the code").click()
    expect(page.locator(".secret")).to_be_visible()
    screenshot(page, "help-code")
