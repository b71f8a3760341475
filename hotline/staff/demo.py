"""The demo's people and teams."""

from django.contrib.auth.models import Group
from guardian.shortcuts import assign_perm

from hotline.staff.models import Team, User
from hotline.staff.roles import ADMINISTRATOR, COORDINATOR, SUPERVISE, VOLUNTEER, WORK

# Code: name, whether it takes requests, and whether it reads other channels.
TEAMS = {"phone": ("Phone", True, False), "crawl": ("Crawling", True, True), "chat": ("Chat", False, False)}

# user name: what it is, roles, works in, supervises
PEOPLE = {
    "vera": ("volunteer, answers the phone and the chat", [VOLUNTEER], ["phone", "chat"], []),
    "viktor": ("volunteer, reads other channels, answers the chat", [VOLUNTEER], ["crawl", "chat"], []),
    "cora": ("coordinator of all three teams", [COORDINATOR], [], ["phone", "crawl", "chat"]),
    "ada": ("administrator", [ADMINISTRATOR], [], []),
    "alice": ("everything at once", [VOLUNTEER, COORDINATOR, ADMINISTRATOR], ["phone", "chat"], ["phone", "chat"]),
}


def load(demo):
    """Make the teams and people that are missing, and give everybody of them the demo's password and rights."""
    teams = {
        code: Team.objects.get_or_create(code=code, defaults={"name": name, "takes_requests": takes, "crawls": crawls})[
            0
        ]
        for code, (name, takes, crawls) in TEAMS.items()
    }
    for username, (what, roles, works_in, supervises) in PEOPLE.items():
        person = User.objects.filter(username=username).first() or User(username=username, alias=username.capitalize())
        person.email = f"{username}@example.org"
        person.set_password(demo.password)
        person.save()
        person.groups.set(Group.objects.filter(name__in=roles))
        for relation, codes in ((WORK, works_in), (SUPERVISE, supervises)):
            for code in codes:
                assign_perm(relation, person, teams[code])
        demo.account(username, what)
