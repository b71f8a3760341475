"""The entries of the admin, by hand: for each model who opens its list, its rows and its forms, and who presses what."""

import re
from dataclasses import dataclass, field

from django.contrib import admin

from tests.attacks.matrix.doors import AGENTS, ENTRANTS, KEEPERS, SUPERVISORS, both, both_ways, door, entry

LEADING = f"cora {KEEPERS}"
HOUSE = both(KEEPERS)


@dataclass(frozen=True)
class Model:
    """Who (names; by side where rows belong to one): opens the list, sees a row, adds, changes, deletes, and reads what
    the audit says of a row. The list and the row show `says`."""

    lists: str
    sees: dict
    says: str
    adds: str = ""
    changes: dict = field(default_factory=dict)
    deletes: dict = field(default_factory=dict)
    audits: dict = field(default_factory=dict)


OWN_ROWS = {"phone": "alice"}
# Whoever keeps all lines, or supervises this one.
KEEPS_LINE = {"phone": LEADING, "crawl": KEEPERS}
MODELS = {
    "staff.alarm": Model(LEADING, SUPERVISORS, "{side.request.code} · Alarm · ", audits=OWN_ROWS),
    "staff.auditentry": Model(KEEPERS, HOUSE, "Line of the audit"),
    "staff.callplan": Model(
        LEADING, SUPERVISORS, "{side.plan.name}", adds=LEADING, changes=SUPERVISORS, deletes=SUPERVISORS
    ),
    "outbox.message": Model(KEEPERS, HOUSE, "offer", audits=HOUSE),
    "staff.team": Model(KEEPERS, HOUSE, "{side.team.name}", adds=KEEPERS, changes=HOUSE, audits=HOUSE),
    "staff.user": Model(KEEPERS, HOUSE, "{side.volunteer.alias}", adds=KEEPERS, changes=HOUSE, audits=HOUSE),
    "dispatch.helprequest": Model("cora alice", SUPERVISORS, "{side.request.code} · Help request · ", audits=OWN_ROWS),
    "dispatch.offer": Model("rita fred", AGENTS, "Food"),
    "dispatch.tally": Model("cora alice", SUPERVISORS, "silent"),
    "coordinators.category": Model(KEEPERS, HOUSE, "Food", adds=KEEPERS, changes=HOUSE, audits=HOUSE),
    "coordinators.directoryentry": Model(KEEPERS, HOUSE, "Police", adds=KEEPERS, changes=HOUSE, audits=HOUSE),
    "coordinators.localcoordinator": Model(
        f"{KEEPERS} rita fred",
        {"phone": f"{KEEPERS} rita", "crawl": f"{KEEPERS} fred"},
        "{side.coordinator.code}",
        adds=KEEPERS,
        changes=HOUSE,
        audits=HOUSE,
    ),
    "coordinators.registration": Model(KEEPERS, HOUSE, " · Registration · ", audits=HOUSE),
    "coordinators.announcement": Model(
        LEADING, both(LEADING), "drafted", adds=LEADING, changes=both(LEADING), audits=HOUSE
    ),
    "coordinators.endpoint": Model(
        f"{KEEPERS} rita fred",
        {"phone": f"{KEEPERS} rita", "crawl": f"{KEEPERS} fred"},
        "{side.coordinator.code}",
        audits=HOUSE,
    ),
    "coordinators.place": Model(KEEPERS, HOUSE, "Харків", audits=HOUSE),
    "chat.conversation": Model("cora alice", SUPERVISORS, "{side.talk.code}", audits=OWN_ROWS),
    "chat.flag": Model("cora alice", SUPERVISORS, "{side.flag.code}", audits=OWN_ROWS),
    "chat.duty": Model("cora alice", SUPERVISORS, "{side.volunteer.alias}"),
    "chat.debrief": Model("cora alice", SUPERVISORS, "{side.volunteer.alias}", audits=OWN_ROWS),
    "chat.group": Model(
        "cora alice",
        SUPERVISORS,
        "{side.group.code}",
        adds="cora alice",
        changes=SUPERVISORS,
        audits=OWN_ROWS,
    ),
    "chat.line": Model(KEEPERS, HOUSE, "{side.line.slug}", adds=KEEPERS, changes=HOUSE, audits=HOUSE),
    "chat.standardmessage": Model(
        LEADING,
        KEEPS_LINE,
        "{side.marks[standard]}",
        adds=LEADING,
        changes=KEEPS_LINE,
        deletes=KEEPS_LINE,
        audits=HOUSE,
    ),
    "questionnaires.questionnaire": Model(KEEPERS, HOUSE, "asked", adds=KEEPERS, changes=HOUSE, audits=HOUSE),
}

# Every button of an admin page, and who may press it.
KEPT_OR_OWN = {"phone": f"{KEEPERS} rita", "crawl": f"{KEEPERS} fred"}
BUTTONS = {
    "staff.alarm": {"acknowledge": SUPERVISORS},
    "outbox.message": {"send_again": HOUSE},
    "staff.user": {
        **dict.fromkeys(["new_password", "disable", "enable", "invite", "withdraw_invitation"], HOUSE),
        # Their supervisors, too, but on a page of its own: this one is the administrators'.
        "help_log_in": HOUSE,
    },
    "dispatch.offer": dict.fromkeys(
        ["accept", "decline", "give_up_coverage", "ask", "open_contact", "sign", "finish", "hand_back"], AGENTS
    ),
    "coordinators.localcoordinator": {
        **dict.fromkeys(
            ["activate", "switch_off", "suspend", "remove", "stop_at_once", "know", "complain", "look_again"], HOUSE
        ),
        **dict.fromkeys(["pause", "resume", "link", "vouch", "add_mailbox", "add_webhook"], KEPT_OR_OWN),
    },
    "coordinators.announcement": {"send": both(LEADING)},
    "coordinators.endpoint": {
        **dict.fromkeys(
            ["ask_to_confirm", "put_first", "pause", "resume", "new_secret", "drop_old_secret", "remove"], KEPT_OR_OWN
        ),
        "switch_off": HOUSE,
    },
    "coordinators.registration": dict.fromkeys(["add_note", "approve", "refuse"], HOUSE),
    "coordinators.place": dict.fromkeys(["mark_unreachable", "mark_reachable", "spell", "add_inside"], HOUSE),
    "chat.flag": dict.fromkeys(["read", "take_care", "let_go", "finish"], SUPERVISORS),
    "chat.group": dict.fromkeys(["open_group", "close_group", "call_off"], SUPERVISORS),
    "chat.conversation": {"hold": SUPERVISORS, "release": SUPERVISORS},
    "chat.duty": {"lift": SUPERVISORS},
    "chat.debrief": {"answer": SUPERVISORS},
    "chat.standardmessage": dict.fromkeys(["accept", "set_aside", "put_aside", "use_again"], KEEPS_LINE),
    # The right to run a line is its team's; the page with the button is the administrators'.
    "chat.line": dict.fromkeys(["open_line", "pause_line", "close_line", "by_hours"], {"phone": "alice"}),
}

# Every action on chosen rows of a list, and who may carry it out.
ACTIONS = {
    "staff.user": {"add_to_team": KEEPERS, "take_out_of_team": KEEPERS},
}

# What hangs on no model, or beside its usual pages.
OTHERS = {
    "admin/": both_ways(door(ENTRANTS, says="What waits for you · ")),
    "admin/login/": entry(get=door(ENTRANTS, 302, "/admin/"), post=door(ENTRANTS, 302, "/admin/")),
    "admin/logout/": entry(
        get=door("nobody outsider visitor", 302, "/admin/"),
        post=(door("nobody outsider visitor", 302, "/admin/"), door(ENTRANTS, 302, "/accounts/login/")),
    ),
    "admin/password_change/": entry(
        get=door(ENTRANTS, 302, "/accounts/password/"), post=door(ENTRANTS, 302, "/accounts/password/")
    ),
    "admin/password_change/done/": entry(get=door(ENTRANTS, says="Password change successful")),
    # No admin of ours has a field that asks it.
    "admin/autocomplete/": entry(),
    "admin/jsi18n/": entry(get=door(ENTRANTS, says="gettext")),
    "admin/r/<path:content_type_id>/<path:object_id>/": entry(),
    # Numbers for the side bar, and nothing for whom nothing waits.
    "admin/counts/": both_ways(
        door(f"cora {KEEPERS} rita fred", says='hx-swap-oob="true"'), door("vera viktor", says="Content-Length: 1")
    ),
    "admin/data-protection/": entry(get=door(KEEPERS, says="dispatch.HelpRequest")),
    "admin/data-protection/file/": entry(get=door(KEEPERS, says="dispatch.HelpRequest")),
    # A list of its own, that pages without counting.
    "admin/staff/auditentry/": both_ways(door(KEEPERS, says="<title>Audit · ")),
    "admin/staff/auditentry/export/": entry(post=door(KEEPERS, says="help_request")),
    "admin/staff/user/<path:object_id>/rights/": entry(
        get=door(HOUSE, says="{side.volunteer.alias}"), post=door(HOUSE, says="{side.volunteer.alias}")
    ),
    "admin/coordinators/localcoordinator/table/": entry(
        get=door(KEEPERS, says="/table/file/"), post=door(KEEPERS, 422, "/table/file/")
    ),
    "admin/coordinators/localcoordinator/table/file/": entry(post=door(KEEPERS, says='code","name","languages')),
    "admin/dispatch/tally/figures/": both_ways(door("cora alice", says="<title>How dispatch goes · ")),
    "admin/dispatch/tally/figures/<slug:key>.csv": entry(),
    # Of their own teams, or, for whoever keeps the registry, of all together.
    "admin/dispatch/tally/gaps/": entry(get=door(LEADING, says="/join/"), post=door(LEADING, says="/join/")),
    "admin/dispatch/tally/gaps.csv": entry(get=door(LEADING, says="attachment"), post=door(LEADING, says="attachment")),
    "admin/dispatch/helprequest/where-to/": both_ways(door(KEEPERS, says="Where would this request go? · ")),
}

AUDIT = "/admin/staff/auditentry/"
PAGE = re.compile(r"admin/(\w+)/(\w+)/(?:<path:object_id>/)?(add|history|delete|change|do/<slug:name>)?/?\Z")


def doors_of(route):
    """The entry of an address of the admin; None when no hand has written one."""
    if route in OTHERS or not route.startswith("admin/"):
        return OTHERS.get(route)
    if "(?P<app_label>" in route:
        # A list of what one may open there; those who find nothing are told that there is nothing.
        return both_ways(door(LEADING, says=" administration · "))
    found = PAGE.match(route)
    model = found and MODELS.get(f"{found[1]}.{found[2]}")
    if model is None:
        return None
    of_row, page = "<path:object_id>" in route, found[3]
    if of_row and page is None:
        # It sends everybody on to the change page, what is there and what is not.
        return entry(get=door(both(ENTRANTS), 302, "/change/"), post=door(both(ENTRANTS), 302, "/change/"))
    pages = {
        None: entry(get=door(model.lists, says='id="changelist"'), post=door(model.lists, says='id="changelist"')),
        "add": entry(get=door(model.adds, says=f'id="{found[2]}_form"'), post=door(model.adds, says="errornote")),
        "change": entry(get=door(model.sees, says=model.says), post=door(model.changes, says="errornote")),
        "delete": both_ways(door(model.deletes, says="<title>Delete · ")),
        "history": entry(get=door(model.audits, 302, AUDIT), post=door(model.audits, 302, AUDIT)),
        # A button that there is not: those that there are have tests of their own.
        "do/<slug:name>": entry(),
    }
    return pages[page]


def labels():
    """Lower labels of all models in the admin."""
    return {model._meta.label_lower: one for model, one in admin.site._registry.items()}
