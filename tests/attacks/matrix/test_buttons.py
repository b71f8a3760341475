"""The matrix of the admin's buttons and actions on chosen rows: who presses what, on whose row. Entries in admin.py."""

import pytest

from hotline.staff.models import Session
from tests.attacks.matrix.admin import ACTIONS, BUTTONS, labels
from tests.attacks.matrix.knocking import knock
from tests.attacks.matrix.parameters import all_addresses, of_admin, parameters
from tests.attacks.matrix.test_pages import is_refusal, leaks, world

__all__ = ["world"]

pytestmark = pytest.mark.django_db

# What is sent with whatever button has a form; each takes what it knows.
TYPED = {"reason": "Because.", "days": "3", "hours": "2", "name": "Nowhere", "text": "?", "ready": "still_needed"}
TYPED |= {"level": "known", "words": "All is well."}
PRESSED = [(label, name) for label, names in BUTTONS.items() for name in names]
# A page of its own (the form, or a link that is shown once), back to where one was, words of refusal beside the form.
OPENED = {200, 302, 409, 422}


def buttons():
    """{label: {name: Button}} of the whole admin."""
    return {label: model.get_buttons() for label, model in labels().items()}


def test_every_button_and_action_has_an_entry():
    there = {label: set(found) for label, found in buttons().items() if found}
    written = {label: set(names) for label, names in BUTTONS.items()}
    assert there == written, "Say in BUTTONS of tests/attacks/matrix/admin.py who may press it."
    actions = {label: set(model.actions) for label, model in labels().items() if model.actions}
    assert actions == {label: set(names) for label, names in ACTIONS.items()}, "Say in ACTIONS who may do it."


@pytest.mark.parametrize(("label", "name"), PRESSED)
def test_a_button_is_pressed_by_those_it_is_for_and_by_nobody_else(world, label, name):
    wrong, app_model = [], label.replace(".", "/")
    for side in world.sides.values():
        path = f"/admin/{app_model}/{of_admin(label, side, world.house)['object_id']}/do/{name}/"
        for who in world.at("admin/"):
            may = who in BUTTONS[label][name].get(side.name, "").split()
            for method in ("GET", "POST"):
                answer = knock(world.people[who], method, path, TYPED if method == "POST" else None)
                where = f"{method} {path} ({side.name}) by {who}"
                wrong += [f"{where} reads {one}" for one in leaks(who, answer, side, None)]
                if not may and (not is_refusal(answer) or answer.wrote):
                    wrong.append(f"{where} gets through: {answer.status} {answer.leads_to} {set(answer.wrote)}")
                if (
                    may
                    and (is_refusal(answer) or answer.status not in OPENED)
                    and (method, answer.status) != ("GET", 405)
                ):
                    wrong.append(f"{where} is refused: {answer.status} {answer.leads_to}")
    assert not wrong, "\n" + "\n".join(wrong)


def many():
    """[(label, action, who may)] of everything that is done to chosen rows."""
    found = [
        (label, name, BUTTONS[label][name])
        for label, of_model in buttons().items()
        for name, one in of_model.items()
        if one.many
    ]
    return found + [(label, name, who) for label, names in ACTIONS.items() for name, who in names.items()]


@pytest.mark.parametrize(
    ("label", "action", "names"), many(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_is_done_to_chosen_rows_is_done_by_those_it_is_for(world, label, action, names):
    wrong, path = [], f"/admin/{label.replace('.', '/')}/"
    for side in world.sides.values():
        chosen = {"action": action, "_selected_action": of_admin(label, side, world.house)["object_id"], "sure": "1"}
        for who in world.at("admin/"):
            may = who in (names if isinstance(names, str) else names.get(side.name, "")).split()
            answer = knock(world.people[who], "POST", path, TYPED | chosen)
            where = f"{action} on {path} ({side.name}) by {who}"
            wrong += [f"{where} reads {one}" for one in leaks(who, answer, side, None)]
            if not may and answer.wrote:
                wrong.append(f"{where} gets through: {answer.status} {answer.leads_to} {set(answer.wrote)}")
            if may and is_refusal(answer):
                wrong.append(f"{where} is refused: {answer.status} {answer.leads_to}")
    assert not wrong, "\n" + "\n".join(wrong)


# What is not asked for a token against forged requests: it has a secret, a token or a signature of its own.
WITHOUT_TOKEN = ("telegram/webhook/", "chat/api/", "freeze/", "webhook/offers/")


def test_no_form_of_another_website_does_anything(world):
    """Somebody who may everything is led to a page elsewhere that posts to every address there is."""
    alice, wrong = world.people["alice"], []
    alice.handler.enforce_csrf_checks = True
    try:
        for address in all_addresses():
            if not address.route.startswith(WITHOUT_TOKEN):
                values = parameters(address.route, world.phone, world.house) if "<" in address.route else {}
                answer = knock(alice, "POST", address.path(**values))
                # or it takes no POST, or leads elsewhere before anything is looked at
                if answer.wrote or (answer.status not in (403, 404, 405) and "/change/" not in answer.leads_to):
                    wrong.append(f"{address.route}: {answer.status} {answer.leads_to} {set(answer.wrote)}")
    finally:
        alice.handler.enforce_csrf_checks = False
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize(("who", "ends"), [("vera", True), ("viktor", False), ("ada", False), ("nobody", False)])
def test_one_ends_one_s_own_log_ins_alone(world, who, ends):
    session = world.phone.session
    world.people[who].post(f"/accounts/sessions/{session.pk}/end/")
    assert Session.objects.filter(pk=session.pk).exists() != ends


@pytest.mark.parametrize("who", ["visitor", "ended", "stranger", "vera", "ada", "nobody"])
def test_one_erases_one_s_own_conversation_alone(world, who):
    code = world.phone.talk.code
    answer = world.people[who].delete(f"/chat/api/conversations/{code}/")
    there = type(world.phone.talk).objects.filter(code=code).exists()
    assert (answer.status_code == 204, there) == ((True, False) if who == "visitor" else (False, True))
