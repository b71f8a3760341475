"""The matrix of a house that is stopped: who lets it go on, and who asks for its keys to go, says so too, or stops that."""

import pytest
from django.db import transaction

from hotline.lib.keyring import Keyring
from hotline.staff.actions import destruction
from hotline.staff.actions.freeze import freeze
from hotline.staff.models import Freeze
from tests.attacks.matrix.doors import KEEPERS
from tests.attacks.matrix.knocking import knock
from tests.attacks.matrix.test_pages import is_refusal, leaks, world

__all__ = ["world"]

pytestmark = pytest.mark.django_db

WORDS = "seven grey geese under my stairs"
PASSPHRASE = {"passphrase-word": "destroy", "passphrase-passphrase": WORDS}
DESTROYED = "<h1>The keys are destroyed</h1>"
# What is sent where: who does it, the status, and what it says to them, or where it leads.
STEPS = {
    "go-on/": ({"thaw-reason": "A drill."}, KEEPERS, 302, "/emergency/"),
    "destroy/ask/": ({"destroy-word": "destroy"}, KEEPERS, 302, "/emergency/"),
    "destroy/": (PASSPHRASE, KEEPERS, 200, DESTROYED),
    "destroy/{asked}/withdraw/": ({}, KEEPERS, 302, "/emergency/"),
    # Ada has asked for it.
    "destroy/{asked}/confirm/": ({}, "alice", 200, DESTROYED),
}


@pytest.fixture
def stopped(world, settings, monkeypatch):
    """(World, the KeyDestruction that Ada asked for) of a house that she has stopped; `destroyed` counts keys that go."""
    settings.FREEZERS = settings.THAWERS = []
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    destroyed = []
    monkeypatch.setattr(Keyring, "destroy", lambda _ring, **_more: destroyed.append(1))
    with transaction.atomic():
        destruction.set_passphrase(WORDS)
        freeze(world.cast.ada, "A drill.", Freeze.Way.PAGE)
        yield world, destruction.ask(world.cast.ada, with_site_key=False), destroyed
        transaction.set_rollback(True)


@pytest.mark.parametrize("step", STEPS)
def test_a_step_of_a_stopped_house_is_taken_by_administrators_alone(stopped, step):
    world, asked, destroyed = stopped
    data, names, status, says = STEPS[step]
    path, wrong = f"/emergency/{step.format(asked=asked.pk)}", []
    for who in world.people:
        destroyed.clear()
        answer, may = knock(world.people[who], "POST", path, data), who in names.split()
        wrong += [f"{who} reads {one}" for one in leaks(who, answer, None, None)]
        if may and (answer.status != status or says not in (answer.leads_to if status == 302 else answer.text)):
            wrong.append(f"{who} is answered {answer.status} {answer.leads_to}")
        if may and bool(destroyed) != (says == DESTROYED):
            wrong.append(f"{who} destroys {len(destroyed)}")
        # Whoever asked may not be the second, and is told so.
        if not may and not is_refusal(answer) and not ("confirm" in step and who == "ada"):
            wrong.append(f"{who} gets through: {answer.status} {answer.leads_to}")
        if not may and (destroyed or answer.wrote & {"staff_keydestruction", "staff_freeze"}):
            wrong.append(f"{who} changes something: {set(answer.wrote)}")
    assert not wrong, f"{path}\n" + "\n".join(wrong)
