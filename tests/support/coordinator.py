"""`python -m tests.support.coordinator`: somebody who supervises the team of tests.support.chatters; their session on stdout."""

import sys

from django.contrib.auth.models import Group
from guardian.shortcuts import assign_perm

from tests.support.chatters import session_of

if __name__ == "__main__":
    from hotline.staff.models import Team, User
    from hotline.staff.roles import COORDINATOR, SUPERVISE

    person, _made = User.objects.get_or_create(username="load-coordinator", defaults={"alias": "load-coordinator"})
    person.groups.add(Group.objects.get(name=COORDINATOR))
    assign_perm(SUPERVISE, person, Team.objects.get(code="load"))
    sys.stdout.write(session_of(person))
