"""What several tests of the staff share."""

import pytest

from coordinators.models import LocalCoordinator


@pytest.fixture
def people(cast):
    """Everybody who could come to a page, by name; None is nobody."""
    charity = LocalCoordinator.objects.create(name="Charity")
    found = {name: getattr(cast, name) for name in ("vera", "viktor", "cora", "ada", "alice")}
    found["nobody"] = None
    found["roleless"] = cast.person("roleless", works_in=[cast.phone])
    found["representative"] = cast.person("representative", represents=[charity])
    found["root"] = cast.person("root", is_superuser=True)
    return found
