"""What hangs on an account here: the account itself, rights, log-ins, what was seen to and done."""

from allauth.mfa.models import Authenticator
from django.db.models import Case, CharField, F, Q, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.lib.fields import shown
from hotline.lib.own import Part
from hotline.staff import audit_words
from hotline.staff.explained import explain
from hotline.staff.models import (
    Alarm,
    AlarmCall,
    AuditEntry,
    CallStep,
    ChatCode,
    Freeze,
    KeyDestruction,
    Kind,
    LinkedChat,
    OneTimeCode,
    Session,
)
from hotline.staff.sessions import SessionStore


def _account(person):
    return [
        (
            person.alias,
            person.username,
            shown(person, "email"),
            person.get_language_display(),
            person.spoken_languages,
            person.last_login_day,
        )
    ]


def _rights(person):
    held = explain(person).held
    return [(right.words, place.where, place.why) for right in held for place in right.places]


def _log_ins(person):
    store = SessionStore()
    return [(store.device_of(row), row.begun_at, row.used_at) for row in Session.objects.filter(user=person)]


def _factors(person):
    rows = Authenticator.objects.filter(user=person).order_by("-created_at")
    # Never what a factor proves itself with.
    return [(one.type, one.data.get("name", ""), one.created_at, one.last_used_at) for one in rows]


def _one_time_codes(person):
    made = OneTimeCode.objects.filter(user=person).order_by("-made_at")
    return made.values_list("kind", "made_at", "expires_at")


def _chat(person):
    return [(shown(one, "address"), one.rings_first, one.linked_at) for one in LinkedChat.objects.filter(user=person)]


def _chat_code(person):
    return ChatCode.objects.filter(user=person).values_list("expires_at")


def _plans(person):
    return CallStep.objects.filter(person=person).order_by("plan__name").values_list("plan__name", "position")


def _rings(person):
    rung = AlarmCall.objects.filter(person=person).order_by("-message__created_at")
    return rung.values_list("alarm__kind", "alarm__subject", "channel", "message__created_at")


def _freezes(person):
    begun = [(one.started_at, False) for one in Freeze.objects.filter(started_by=person)]
    ended = [(one.thawed_at, True) for one in Freeze.objects.filter(thawed_by=person)]
    return sorted(begun + ended, reverse=True)


def _destructions(person):
    asked = [(one.asked_at, False) for one in KeyDestruction.objects.filter(asked_by=person)]
    confirmed = [(one.confirmed_at, True) for one in KeyDestruction.objects.filter(confirmed_by=person)]
    return sorted(asked + confirmed, reverse=True)


def _alarms(person):
    seen_to = Alarm.objects.filter(acknowledged_by=person).order_by("-acknowledged_at")
    return seen_to.values_list("kind", "subject", "acknowledged_at")


def _audit(person):
    # A line about another account names its alias.
    about_another = Q(action__startswith="account.") & ~Q(subject=person.alias)
    subject = Case(When(about_another, then=Value("")), default=F("subject"), output_field=CharField())
    lines = AuditEntry.objects.filter(actor=person).annotate(about=subject)
    return lines.values_list("at", "action", "about", "reason")


PARTS = [
    Part(
        "account",
        _("Your account"),
        (),
        {
            "alias": _("alias"),
            "user_name": _("user name"),
            "e_mail": _("e-mail"),
            "language": _("language"),
            "spoken_languages": _("spoken languages"),
            "last_log_in": _("last log-in"),
        },
        _account,
    ),
    Part(
        "rights",
        _("What you may do"),
        (
            "staff.User_groups: user",
            "staff.User_user_permissions: user",
            "guardian.UserObjectPermission: user",
        ),
        {"right": _("May"), "where": _("Where"), "because": _("Because")},
        _rights,
    ),
    Part(
        "log_ins",
        _("Where you are logged in"),
        ("staff.Session: user",),
        {"device": _("device"), "begun_before": _("begun before"), "last_used": _("last used")},
        _log_ins,
    ),
    Part(
        "second_factors",
        _("Second keys"),
        ("mfa.Authenticator: user",),
        {
            "kind": _("kind"),
            "name": pgettext_lazy("of a thing", "name"),
            "made": _("made on"),
            "last_used": _("last used"),
        },
        _factors,
    ),
    Part(
        "one_time_codes",
        _("Codes that work once"),
        ("staff.OneTimeCode: user",),
        {"kind": _("kind"), "made": _("made on"), "until": _("valid until")},
        _one_time_codes,
        {"kind": lambda kind: Kind(kind).label},
    ),
    Part(
        "telegram",
        _("Your Telegram chat, where alarms ring"),
        ("staff.LinkedChat: user",),
        {"chat": _("number of the chat"), "first": _("rings before the e-mail"), "linked": _("linked")},
        _chat,
    ),
    Part(
        "telegram_code",
        _("A code to link it"),
        ("staff.ChatCode: user",),
        {"until": _("valid until")},
        _chat_code,
    ),
    Part(
        "on_call",
        _("Plans in which you are rung"),
        ("staff.CallStep: person",),
        {"plan": _("plan"), "place": _("order")},
        _plans,
    ),
    Part(
        "rings",
        _("Alarms for which you were rung"),
        ("staff.AlarmCall: person",),
        {"kind": _("kind"), "code": _("code"), "channel": _("channel"), "at": _("when")},
        _rings,
    ),
    Part(
        "alarms",
        _("Alarms that you saw to"),
        ("staff.Alarm: acknowledged_by",),
        {"kind": _("kind"), "code": _("code"), "at": _("when")},
        _alarms,
    ),
    Part(
        "freezes",
        _("When you froze the house, or let it go on"),
        ("staff.Freeze: started_by", "staff.Freeze: thawed_by"),
        {"at": _("when"), "goes_on": _("let it go on")},
        _freezes,
    ),
    Part(
        "key_destructions",
        _("When you asked to destroy keys, or confirmed it"),
        ("staff.KeyDestruction: asked_by", "staff.KeyDestruction: confirmed_by"),
        {"at": _("when"), "confirmed": _("confirmed")},
        _destructions,
    ),
    Part(
        "audit",
        _("What you did, as the audit has it"),
        ("staff.AuditEntry: actor",),
        {"at": _("when"), "what": _("what"), "code": _("to which code"), "reason": _("reason")},
        _audit,
        {"what": audit_words.words},
    ),
]
