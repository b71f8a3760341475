"""`demo`: any number of times, and never by accident where it would be a danger."""

import pytest
from django.core.management import CommandError, call_command


def test_demo_loads_twice_and_prints_accounts(command):
    first, again = (command("demo", DEMO_PASSWORD="tea with honey").result() for _ in range(2))

    for code, output in (first, again):
        assert code == 0, output
        assert "Password of all of them: tea with honey" in output
        for name in ("vera", "viktor", "cora", "ada", "alice"):
            assert f"  {name} " in output


def loader(demo):
    """Stands for what a room brings."""
    demo.account("vera", "volunteer")
    demo.note("The lines are open.")


def failing(demo):
    """A loader that does not get through."""
    raise RuntimeError("no places")


def test_every_demo_has_a_password_of_its_own(settings, capsys, db):
    settings.DEBUG, settings.DEMO_PASSWORD = True, ""
    settings.DEMO_LOADERS = [f"{__name__}.loader"]
    for _ in range(2):
        call_command("demo")
    lines = capsys.readouterr().out.splitlines()
    passwords = {line for line in lines if line.startswith("Password of all of them: ")}

    assert len(passwords) == 2
    assert "  vera  volunteer" in lines
    assert "The lines are open." in lines


def test_without_debug_the_demo_needs_a_password(settings):
    settings.DEMO_PASSWORD = ""

    with pytest.raises(CommandError, match="DEMO_PASSWORD"):
        call_command("demo")


def test_a_loader_that_fails_fails_the_command(settings, db):
    settings.DEBUG = True
    settings.DEMO_LOADERS = [f"{__name__}.failing"]

    with pytest.raises(RuntimeError, match="no places"):
        call_command("demo")
