"""The table of rights: which roles hold them, and through which object they are scoped. There is no other such table.

A role alone opens nothing that has a scope, and a scope alone opens nothing that needs a role; see `permissions.py`.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

VOLUNTEER = "volunteer"
COORDINATOR = "coordinator"
ADMINISTRATOR = "administrator"

ROLES = {
    VOLUNTEER: _("Volunteer"),
    COORDINATOR: _("Coordinator"),
    ADMINISTRATOR: _("Administrator"),
}

WORK = "work_in_team"
SUPERVISE = "supervise_team"


@dataclass(frozen=True)
class Scope:
    """An object somebody must hold one of `grants` on (object permissions of `model`, by django-guardian).

    model: "app.Model" that is granted. path: name of the class attribute in which another model says how it hangs on
    that object, as a lookup ("team", "room__line__team"); default: the lookup of models that say nothing.
    """

    model: str
    grants: frozenset
    path: str
    default: str


WORKS = Scope("staff.Team", frozenset({WORK, SUPERVISE}), "TEAM_PATH", "team")
SUPERVISES = Scope("staff.Team", frozenset({SUPERVISE}), "TEAM_PATH", "team")
REPRESENTS = Scope("coordinators.LocalCoordinator", frozenset({"represent"}), "COORDINATOR_PATH", "local_coordinator")


@dataclass(frozen=True)
class Right:
    """roles: who holds it, or None when it needs no role. scope: None for the whole house.

    without_team: the right that is asked instead when an object that could belong to a team belongs to none.
    """

    roles: frozenset | None
    scope: Scope | None = None
    without_team: str = ""


EVERYBODY = frozenset(ROLES)
LEADING = frozenset({COORDINATOR, ADMINISTRATOR})
ADMINISTRATORS = frozenset({ADMINISTRATOR})

RIGHTS = {
    "dispatch.take_request": Right(EVERYBODY, WORKS),
    "dispatch.supervise_requests": Right(LEADING, SUPERVISES),
    "chat.talk": Right(EVERYBODY, WORKS),
    "chat.run_line": Right(EVERYBODY, WORKS),
    "chat.supervise_conversations": Right(LEADING, SUPERVISES),
    "chat.manage_lines": Right(ADMINISTRATORS),
    "coordinators.manage_registry": Right(ADMINISTRATORS),
    "coordinators.announce": Right(LEADING),
    "coordinators.represent": Right(None, REPRESENTS),
    "outbox.manage": Right(ADMINISTRATORS),
    "staff.manage_people": Right(ADMINISTRATORS),
    "staff.view_audit": Right(ADMINISTRATORS),
    "staff.view_data_protection": Right(ADMINISTRATORS),
    "staff.acknowledge_alarm": Right(LEADING, SUPERVISES, without_team="staff.acknowledge_house_alarm"),
    "staff.acknowledge_house_alarm": Right(ADMINISTRATORS),
    "staff.help_log_in": Right(LEADING, SUPERVISES, without_team="staff.manage_people"),
    # A coordinator knows their teams alone, and many carry the phone of one: it would stop everybody else's house.
    "staff.freeze": Right(ADMINISTRATORS),
    "staff.plan_calls": Right(LEADING, SUPERVISES, without_team="staff.manage_people"),
}

# All that is left of the table while the house stands still.
WHEN_FROZEN = frozenset({"staff.freeze", "staff.acknowledge_house_alarm"})


def rights_of_role(role):
    """Names of the rights that `role` (str) holds, set of "app.codename"."""
    return {name for name, right in RIGHTS.items() if right.roles is not None and role in right.roles}
