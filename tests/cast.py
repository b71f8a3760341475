"""The named people of the tests. Two teams that know nothing of each other, phone and crawl.

Vera    volunteer, works in phone          Viktor  volunteer, works in crawl
Cora    coordinator, supervises phone      Ada     administrator, stands in no team
Alice   everything at once: all three roles, works in phone and supervises it
"""

from functools import cached_property

from django.contrib.auth.models import Group
from guardian.shortcuts import assign_perm

from hotline.staff.models import Team, User
from hotline.staff.roles import ADMINISTRATOR, COORDINATOR, SUPERVISE, VOLUNTEER, WORK

PASSWORD = "a calm word for many hands"


def make_team(code, *, takes_requests=True, crawls=False, name=""):
    """A saved Team."""
    return Team.objects.create(code=code, name=name or code.capitalize(), takes_requests=takes_requests, crawls=crawls)


def make_person(username, *, roles=(), works_in=(), supervises=(), represents=(), email=None, **fields):
    """A saved User with password PASSWORD and e-mail <username>@example.org unless another ("" for none) is given.

    roles: names of roles; works_in, supervises: Teams; represents: LocalCoordinators.
    """
    fields.setdefault("alias", username.capitalize())
    email = f"{username}@example.org" if email is None else email
    person = User.objects.create_user(username, password=PASSWORD, email=email, **fields)
    if roles:
        person.groups.set(Group.objects.filter(name__in=roles))
    for permission, objects in ((WORK, works_in), (SUPERVISE, supervises), ("represent", represents)):
        for one in objects:
            assign_perm(permission, person, one)
    return person


class Cast:
    """Everybody is made when first asked for, so that a test pays for those it names."""

    password = PASSWORD
    team = staticmethod(make_team)
    person = staticmethod(make_person)

    @cached_property
    def phone(self):
        return make_team("phone", name="Phone")

    @cached_property
    def crawl(self):
        return make_team("crawl", crawls=True, name="Crawl")

    @cached_property
    def vera(self):
        return make_person("vera", roles=[VOLUNTEER], works_in=[self.phone])

    @cached_property
    def viktor(self):
        return make_person("viktor", roles=[VOLUNTEER], works_in=[self.crawl])

    @cached_property
    def cora(self):
        return make_person("cora", roles=[COORDINATOR], supervises=[self.phone])

    @cached_property
    def ada(self):
        return make_person("ada", roles=[ADMINISTRATOR])

    @cached_property
    def alice(self):
        roles = [VOLUNTEER, COORDINATOR, ADMINISTRATOR]
        return make_person("alice", roles=roles, works_in=[self.phone], supervises=[self.phone])
