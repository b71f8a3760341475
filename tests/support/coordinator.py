"""`python -m tests.support.coordinator`: somebody who supervises the team of tests.support.chatters; prints their session."""

import sys

from tests.support.chatters import session_of


def make():
    """Their User. Django is set up by the import above."""
    from django.contrib.auth.models import Group
    from guardian.shortcuts import assign_perm

    from hotline.staff.models import Team, User
    from hotline.staff.roles import COORDINATOR, SUPERVISE

    person, _made = User.objects.get_or_create(username="load-coordinator", defaults={"alias": "load-coordinator"})
    person.groups.add(Group.objects.get(name=COORDINATOR))
    assign_perm(SUPERVISE, person, Team.objects.get(code="load"))
    return person


if __name__ == "__main__":
    sys.stdout.write(session_of(make()))
