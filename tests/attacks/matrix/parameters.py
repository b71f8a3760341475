"""What stands in the place of an address's parameters: an object of one side of the world, by the address's route."""

from tests.support.addresses import addresses


def parameters(route, side, house):
    """{parameter: value} for this route (str) and Side; None when that side has no such object. `house`: World.house."""
    if route.startswith("admin/r/"):
        return {"content_type_id": 1, "object_id": side.team.pk}
    if route.startswith("admin/"):
        app, model = route.split("/")[1:3] if route.count("/") > 2 else ("", "")
        return of_admin(f"{app}.{model}", side, house)
    for beginning, found in PARAMETERS.items():
        if route.startswith(beginning):
            return found(side)
    return {}


def of_admin(label, side, house):
    """The object of an admin's model (lower label)."""
    objects = {
        "staff.alarm": lambda: side.alarm,
        "staff.callplan": lambda: side.plan,
        "staff.team": lambda: side.team,
        "staff.user": lambda: side.volunteer,
        "dispatch.helprequest": lambda: side.request,
        "dispatch.offer": lambda: side.offer,
        "dispatch.tally": lambda: side.tally,
        "coordinators.localcoordinator": lambda: side.coordinator,
        "coordinators.endpoint": lambda: side.mailbox,
        "chat.conversation": lambda: side.talk,
        "chat.flag": lambda: side.flag,
        "chat.duty": lambda: side.duty,
        "chat.debrief": lambda: side.debrief,
        "chat.group": lambda: side.group,
        "chat.line": lambda: side.line,
        "chat.standardmessage": lambda: side.standard,
    }
    found = objects[label]() if label in objects else house.get(label)
    return {"object_id": found.pk} if found else {}


PARAMETERS = {
    "accounts/factors/<int:pk>/": lambda side: {"pk": side.app.pk},
    "accounts/new-password/<str:code>/": lambda side: {"code": side.way_back},
    "invitation/<str:code>/": lambda side: {"code": side.invitation},
    # Nobody has asked for it: see test_emergency.py.
    "emergency/destroy/<uuid:asked_id>/": lambda side: {"asked_id": "00000000-0000-4000-8000-000000000000"},
    "accounts/help/<uuid:person_id>/": lambda side: {"person_id": side.volunteer.pk},
    "alarms/call/<str:token>/": lambda side: {"token": side.ring.token if side.ring else "nothing"},
    "accounts/sessions/<uuid:session_id>/": lambda side: {"session_id": side.session.pk},
    "alarms/<uuid:alarm_id>/": lambda side: {"alarm_id": side.alarm.pk},
    "webhook/offers/": lambda side: {"reference": side.offer.reference},
    "mailbox/": lambda side: {"code": side.mailbox_code},
    "desk/requests/<str:code>/": lambda side: {"code": side.request.code, "question": side.question.pk},
    "o/<str:token>/contact/": lambda side: {"token": side.won_token},
    "o/<str:token>/going-on/": lambda side: {"token": side.won_token},
    "o/<str:token>/finish/": lambda side: {"token": side.won_token},
    "o/<str:token>/hand-back/": lambda side: {"token": side.won_token},
    "o/<str:token>/": lambda side: {"token": side.token},
    "desk/chat/debriefs/": lambda side: {"code": side.offered.code},
    "desk/chat/lines/": lambda side: {"slug": side.line.slug, "code": side.standard.code},
    "desk/chat/standard-messages/": lambda side: {"code": side.own.code},
    "desk/chat/history/": lambda side: {"code": side.ended.code},
    "desk/chat/feedback/write/": lambda side: {"code": side.talk.code},
    "desk/chat/feedback/": lambda side: {"code": side.feedback.code},
    "desk/chat/team/": lambda side: {"code": side.team_room.code, "seq": side.announced.seq},
    "desk/chat/transfers/": lambda side: {"code": side.transfer.code},
    "desk/chat/live/calls/": lambda side: {"code": side.call.code},
    "desk/chat/groups/": lambda side: {
        "code": side.group.code,
        "visitor": side.member.participant.code,
        "held": side.held.code,
    },
    "desk/chat/live/": lambda side: {"code": side.talk.code},
    "desk/chat/<str:code>/take/": lambda side: {"code": side.waiting.code},
    "desk/chat/<str:code>/put-away/": lambda side: {"code": side.ended.code},
    "desk/chat/<str:code>/": lambda side: {"code": side.talk.code},
    "chat/api/lines/": lambda side: {"slug": side.line.slug},
    "chat/api/rooms/": lambda side: {"code": side.talk.room.code},
    "chat/api/conversations/<str:code>/complaint/": lambda side: {"code": side.ended.code},
    "chat/api/conversations/<str:code>/survey/": lambda side: {"code": side.ended.code},
    "chat/api/conversations/<str:code>/": lambda side: {"code": side.talk.code},
    "chat/api/groups/": lambda side: {"code": side.group.code},
    "chat/<slug:slug>/groups/": lambda side: {"slug": side.line.slug, "code": side.group.code},
    "chat/<slug:slug>/": lambda side: {"slug": side.line.slug, "colour": "0b6b66"},
}


def all_addresses():
    """Every Address of the house but Django's catch-all of the admin, which answers only 404."""
    return [one for one in addresses() if one.route != "admin/(?P<url>.*)$"]
