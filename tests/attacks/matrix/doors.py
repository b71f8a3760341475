"""What an entry of the matrix is made of: who is let in at a door, and what they find there."""

from dataclasses import dataclass, field

from tests.attacks.matrix.world import SEALED

VISITORS = "visitor ended stranger"
STAFF = "vera viktor cora ada alice"
ACCOUNTS = f"{STAFF} rita fred outsider"
EVERYBODY = f"nobody {ACCOUNTS} {VISITORS} member"
# By the side that something belongs to.
TAKERS = {"phone": "vera cora alice", "crawl": "viktor"}
SUPERVISORS = {"phone": "cora alice"}
AGENTS = {"phone": "rita", "crawl": "fred"}
KEEPERS = "ada alice"
# Whoever finds anything in the admin.
ENTRANTS = f"{STAFF} rita fred"
# Colleagues may learn that something is there and not for them (403); to everybody else it is as if it were not.
COLLEAGUES = {"phone": "vera cora alice ada", "crawl": "viktor ada"}
# What is the house's, by the model of its admin page: all of the staff are colleagues there. An agent is one of their own.
OF_THE_HOUSE = (
    "staff/auditentry",
    "staff/team",
    "staff/user",
    "outbox/message",
    "coordinators/announcement",
    "coordinators/category",
    "coordinators/directoryentry",
    "coordinators/endpoint",
    "coordinators/localcoordinator",
    "coordinators/place",
    "coordinators/registration",
    "chat/line",
    "chat/standardmessage",
    "questionnaires/questionnaire",
)
OF_AGENTS = ("dispatch/offer", "coordinators/endpoint", "coordinators/localcoordinator")


def colleagues(route, side):
    """Names of those who may learn that what this address (route) names on this side is there."""
    model = "/".join(route.split("/")[1:3]) if route.startswith("admin/") else ""
    # the staff know each other by alias, so a person is the house's
    of_house = model in OF_THE_HOUSE or route.startswith("accounts/help/")
    found = STAFF if of_house else COLLEAGUES[side]
    return f"{found} {AGENTS[side]}".split() if model in OF_AGENTS else found.split()


NAMES = {"team", "line", "coordinator", "notes", "plan", "standard"}
# Feedback is between two, whatever the others of the team may know.
OWN_WORK = {*SEALED, "team", "line", "plan", "standard", "group"} - {"feedback"}
# What of a side's marks somebody knows anyway: {who: {side: what}}. Nobody else may read a mark, unless the door says so.
KNOWS = {
    "vera": {"phone": OWN_WORK | {"own", "feedback"}},
    "cora": {"phone": OWN_WORK | {"feedback"}},
    "alice": {"phone": OWN_WORK | NAMES, "crawl": NAMES},
    "ada": {"phone": NAMES, "crawl": NAMES},
    "viktor": {"crawl": OWN_WORK | {"own", "feedback"}},
    "rita": {"phone": {"coordinator", "question"}},
    "fred": {"crawl": {"coordinator", "question"}},
    "visitor": {"phone": {"visitor", "said", "line"}},
    "ended": {"phone": {"visitor", "said", "line"}},
    "stranger": {"crawl": {"visitor", "said", "line"}},
    "member": {"phone": {"member", "held", "group", "line"}},
}
# Whose alias somebody may read.
TEAM = {"vera", "cora", "alice"}
ALIASES = {who: TEAM for who in TEAM} | {
    "viktor": {"viktor"},
    "visitor": {"vera"},
    "ended": {"vera"},
    "stranger": {"viktor"},
    "member": {"vera"},
}
ALIASES |= {who: {*TEAM, "viktor", "ada"} for who in KEEPERS.split()}


def both(names):
    """The same people on both sides."""
    return {"phone": names, "crawl": names}


@dataclass(frozen=True)
class Door:
    """Who is let in (names; by side where the address names an object), and what is answered.

    says: text of the page, or of the address it leads to, with {names} of the side ({side.request.code}). data: what is
    sent, dict or call(side). shows: marks of that side that may be read here besides what one knows.
    """

    who: str | dict
    status: int = 200
    says: str = ""
    data: object = None
    shows: frozenset = field(default_factory=frozenset)

    def lets_in(self, who, side):
        """Whether `who` (name) comes in, on this side ("phone", "crawl", or "" where there are none)."""
        return who in self.names(side)

    def names(self, side):
        """[who] of those who come in on this side."""
        return (self.who.get(side, "") if isinstance(self.who, dict) else self.who).split()


def door(who, status=200, says="", data=None, shows=""):
    """A Door; shows: names of marks with spaces between."""
    return Door(who, status, says, data, frozenset(shows.split()))


def entry(*, get=(), post=()):
    """The doors of an address: nobody comes in who is not named. One Door, or several that are tried in their order."""
    return {"GET": get if isinstance(get, tuple) else (get,), "POST": post if isinstance(post, tuple) else (post,)}


def both_ways(*doors):
    """The same doors by GET and by POST."""
    return entry(get=doors, post=doors)
