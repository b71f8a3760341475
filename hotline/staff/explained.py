"""What somebody may do, where, and why: the table of roles.py in words, for people who know no permissions."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline.lib.crypto import Unreadable
from hotline.staff.actions.rights import rights_given
from hotline.staff.permissions import Rights
from hotline.staff.roles import ADMINISTRATOR, RIGHTS, ROLES, SUPERVISE, SUPERVISES, WORK, WORKS

# Each right as the end of "may …"; a test compares with the table.
WORDS = {
    "dispatch.take_request": gettext_lazy("take help requests and look after them"),
    "dispatch.supervise_requests": gettext_lazy(
        "see the codes, states and rounds of help requests, and the counts of calls"
    ),
    "chat.talk": gettext_lazy("talk with visitors of the team's lines"),
    "chat.run_line": gettext_lazy("open, pause and close the team's lines"),
    "chat.supervise_conversations": gettext_lazy("see codes, states and times of conversations, and hold them longer"),
    "chat.manage_lines": gettext_lazy("make and change chat lines"),
    "coordinators.manage_registry": gettext_lazy("keep kinds of help, places and local coordinators"),
    "coordinators.announce": gettext_lazy("tell the coordinators of a region or kind of help something"),
    "coordinators.represent": gettext_lazy("act for a local coordinator: its offers, its requests, its pause"),
    "outbox.manage": gettext_lazy("see which messages went out, and send again what did not"),
    "staff.manage_people": gettext_lazy("keep people and teams, and give and take rights"),
    "staff.view_audit": gettext_lazy("read the audit"),
    "staff.view_data_protection": gettext_lazy("read what is kept of people, and what an attacker would learn"),
    "staff.acknowledge_alarm": gettext_lazy("see to alarms of the team"),
    "staff.acknowledge_house_alarm": gettext_lazy("see to alarms of the whole house"),
    "staff.help_log_in": gettext_lazy("give somebody whose phone is lost a code to log in with"),
    "staff.freeze": gettext_lazy("stop the whole house in an emergency, and let it go on"),
    "staff.plan_calls": gettext_lazy("say who is rung for alarms, and in which order"),
}
WHOLE_HOUSE = gettext_lazy("the whole house")
# Which of a team's two relations are held → why a right counts there.
STANDING = {
    (WORK,): gettext_lazy("works there"),
    (SUPERVISE,): gettext_lazy("supervises it"),
    (WORK, SUPERVISE): gettext_lazy("works there and supervises it"),
}
REPRESENTING = gettext_lazy("represents it")
SUPERUSER = gettext_lazy("Administrator, by the command that made the account")


@dataclass
class Place:
    """where, why: str in the reader's language."""

    where: str
    why: str


@dataclass
class Held:
    """One right that is held: its words, and each place it counts in with the reason."""

    words: str
    places: list[Place]

    def by_reason(self):
        """[(where, why)], str: the places that have a reason in common stand together."""
        found = {}
        for place in self.places:
            found.setdefault(place.why, []).append(place.where)
        return [(", ".join(where), why) for why, where in found.items()]


@dataclass
class Half:
    """Rights that are half given: why they do not count, and which they are (str)."""

    why: str
    rights: list[str] = field(default_factory=list)


@dataclass
class Explained:
    """is_active: whether anything counts at all. held: [Held]. half: [Half]."""

    is_active: bool
    held: list[Held]
    half: list[Half]


def explain(person):
    """The Explained of `person` (User), as it stands now; texts in the active language."""
    given, rights = rights_given(person), Rights(person)
    held, half = [], {}
    for perm, right in RIGHTS.items():
        words = str(WORDS.get(perm, perm))
        roles = _carrying(person, given, right)
        places = _places(given, rights, perm, right, roles)
        if places:
            held.append(Held(words, places))
        elif why := _missing(given, right, roles):
            half.setdefault(why, Half(why)).rights.append(words)
    return Explained(rights.is_active, held, list(half.values()))


def _carrying(person, given, right):
    """The roles of `person` that carry `right`, as words."""
    if right.roles is None:
        return []
    found = [str(ROLES[role]) for role in given["roles"] if role in right.roles]
    return found + ([str(SUPERUSER)] if person.is_superuser and ADMINISTRATOR in right.roles else [])


def _places(given, rights, perm, right, roles):
    if right.scope is None:
        return [Place(str(WHOLE_HOUSE), ", ".join(roles))] if rights.can(perm) else []
    counts = rights.scope_pks(perm)
    if right.scope not in (WORKS, SUPERVISES):
        return [Place(named(one), str(REPRESENTING)) for one in given["represents"] if str(one.pk) in counts]
    return [
        Place(team.name, " · ".join([", ".join(roles), str(STANDING[_standing(given, right.scope, team)])]))
        for team in _teams(given, right.scope)
        if str(team.pk) in counts
    ]


def _teams(given, scope):
    found = {team.pk: team for team in given["supervises"]}
    if WORK in scope.grants:
        found |= {team.pk: team for team in given["works_in"]}
    return sorted(found.values(), key=lambda team: team.name)


def _standing(given, scope, team):
    stands = {WORK: given["works_in"], SUPERVISE: given["supervises"]}
    return tuple(relation for relation, teams in stands.items() if relation in scope.grants and team in teams)


def _missing(given, right, roles):
    """Why a right that is given by half does not count, or "" when nothing of it was given."""
    if right.scope not in (WORKS, SUPERVISES):
        return ""
    teams = _teams(given, right.scope)
    if roles and not teams:
        if right.scope == WORKS:
            return _("Has the role %(roles)s, but stands in no team.") % {"roles": ", ".join(roles)}
        return _("Has the role %(roles)s, but supervises no team.") % {"roles": ", ".join(roles)}
    if teams and not roles:
        words = {
            "teams": ", ".join(team.name for team in teams),
            "needed": ", ".join(str(words) for role, words in ROLES.items() if role in right.roles),
        }
        if right.scope == WORKS:
            return _("Stands in %(teams)s, but has no role that this needs (%(needed)s).") % words
        return _("Supervises %(teams)s, but has no role that this needs (%(needed)s).") % words
    return ""


def named(coordinator):
    try:
        return f"{coordinator.code} · {coordinator.name}"
    except Unreadable:
        return coordinator.code
