"""A house whose keys were destroyed, and which began anew: everything sealed is lost, and every page says so kindly.

Each door and button is tried by one of those whom the matrix lets in there; the worker's sweeps and the bot go on, too.
"""

import pytest
from django.conf import settings as house
from django.utils import timezone
from django.utils.module_loading import import_string

from hotline.lib.fields import LOST
from hotline.lib.keyring import keyring
from hotline.outbox.models import Message
from hotline.staff.models import Session
from hotline.telegram.models import TelegramUpdate
from tests.attacks.matrix.admin import BUTTONS
from tests.attacks.matrix.knocking import knock
from tests.attacks.matrix.parameters import of_admin, parameters
from tests.attacks.matrix.test_buttons import TYPED
from tests.attacks.matrix.test_pages import ADDRESSES, doors_at
from tests.attacks.matrix.world import SEALED, World
from tests.dispatch.conftest import Telegram
from tests.support.simulator import simulator, simulator_server

__all__ = ["simulator", "simulator_server"]

pytestmark = pytest.mark.django_db


def lose_the_keys():
    """All of them, and new ones in their place, of the same days."""
    keyring().destroy(with_site_key=True)
    keyring().create_site_key()
    keyring().prepare()
    Session.objects.all().delete()


@pytest.fixture
def world(own_keyring, settings):
    settings.LIMITS = {name: [(10**6, 60)] for name in settings.LIMITS}
    keyring().prepare()
    found = World()
    lose_the_keys()
    for name, person in found.staff.items():
        found.people[name].force_login(person)
    found.browsers |= found.people
    return found


def tried(world):
    """(who, method, path, data) of each door and button of the phone's side."""
    side = world.phone
    for route, address in ADDRESSES.items():
        values = parameters(route, side, world.house) if "<" in route.replace("(?P<app_label>", "") else {}
        for method, doors in doors_at(route).items():
            for door in doors:
                for who in [name for name in door.names("phone") if name in world.staff][-1:]:
                    yield who, method, address.path(**values), door.data(side) if callable(door.data) else door.data
    for label, buttons in BUTTONS.items():
        for name, names in buttons.items():
            row = of_admin(label, side, world.house)["object_id"]
            for who in names.get("phone", "").split()[-1:]:
                for method in ("GET", "POST"):
                    yield who, method, f"/admin/{label.replace('.', '/')}/{row}/do/{name}/", TYPED


def test_no_page_and_no_button_breaks_and_nothing_is_read(world):
    broken, seen = [], 0
    marks = [world.phone.marks[what] for what in (*SEALED, "coordinator", "notes")]
    for who, method, path, data in tried(world):
        answer = knock(world.browsers[who], method, path, data)
        seen += 1
        if answer.status >= 500 and path != "/healthz":
            broken.append(f"{method} {path} by {who}: {answer.status}")
        broken += [f"{method} {path} by {who} shows {mark}" for mark in marks if mark in answer.text]
    assert seen > 200
    assert not broken, "\n" + "\n".join(broken)


def test_what_is_lost_is_said_in_words_and_filled_in_anew(world):
    ada, one = world.people["ada"], world.phone.coordinator
    registry = "/admin/coordinators/localcoordinator/"
    assert str(LOST) in ada.get(registry).content.decode()
    assert one.code in ada.get(f"{registry}?q={one.code}").content.decode()
    page = ada.get(f"{registry}{one.pk}/change/").content.decode()
    assert "can no longer be read: name, notes of checking" in page
    person = f"/admin/staff/user/{world.cast.vera.pk}/change/"
    assert "can no longer be read: e-mail" in ada.get(person).content.decode()
    said = {
        "username": "vera",
        "alias": "Vera",
        "language": "en",
        "email": "vera@example.org",
    }
    assert ada.post(person, said).status_code == 302
    world.cast.vera.refresh_from_db()
    assert world.cast.vera.email == "vera@example.org"
    assert str(LOST) in world.people["cora"].get("/accounts/kept/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_sweeps_and_the_bot_go_on(world, simulator):
    """Chats are found by keyed hashes, so that nobody is linked any more: they are told how to link anew."""
    telegram = Telegram(simulator)
    phone = telegram.phone("Somebody")
    for path in house.SWEEPS:
        import_string(path)(timezone.now())
    telegram.write(phone, "/open")
    assert telegram.last(phone)["text"]
    telegram.run()
    assert not TelegramUpdate.objects.filter(handled_at=None).exists()
    assert not Message.objects.filter(state="leased").exists()
