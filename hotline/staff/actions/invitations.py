"""Ways into an account that somebody is given: an invitation to a new one, a way to a new password.

By e-mail, as a link; whoever has no address gets a one-time code from the person who made it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hotline.lib.crypto import Unreadable
from hotline.lib.errors import Refused
from hotline.staff.actions import one_time_codes
from hotline.staff.actions.audit import record
from hotline.staff.actions.notices import Notice, address_of, notify, send
from hotline.staff.models import ForgottenPassword, Kind, OneTimeCode, User
from hotline.staff.permissions import require

# A date as it is written out in a letter, without a dot that would end the sentence.
TO_THE_MINUTE = "j E Y, H:i"
# Forgotten passwords that are looked at in one round.
AT_ONCE = 100


class AlreadyIn(Refused):
    """Only somebody who has no password yet is invited."""

    code = "already_in"
    message = _("%(alias)s has a password already.")


class NotYetIn(Refused):
    """A new password is for somebody who had one."""

    code = "not_yet_in"
    message = _("%(alias)s has not accepted the invitation yet. Invite them again.")


class WayGone(Refused):
    """The link or code was used, replaced or withdrawn, or its time is over."""

    code = "way_gone"
    message = _("This was used already, was withdrawn, or its time is over.")


@dataclass(frozen=True)
class Way:
    """What was made. code: to be handed over, "" when it went by e-mail; url: where it opens; until: aware datetime."""

    code: str
    url: str
    until: datetime


def page_of(kind, code):
    """The address (str) at which a code of this kind opens."""
    name = "staff:invitation" if kind == Kind.INVITATION else "staff:new_password"
    return settings.BASE_URL + reverse(name, args=[code])


def lasting(kind):
    """How long such a way is open, timedelta."""
    if kind == Kind.INVITATION:
        return timedelta(hours=settings.INVITATION_HOURS)
    return timedelta(minutes=settings.PASSWORD_LETTER_MINUTES)


def invite(actor, person):
    """Invite `person` (User without a password) into their account; the last invitation opens nothing. Returns a Way.

    Raises AlreadyIn, NotAllowed, NotFound.
    """
    require(actor, "staff.manage_people")
    if person.has_usable_password() or not person.is_active:
        raise AlreadyIn(alias=person.alias)
    with transaction.atomic():
        record(actor, "account.invited", person.alias, by_mail=bool(address_of(person)))
        return _open(Kind.INVITATION, person)


def withdraw_invitation(actor, person):
    """The invitation of `person` opens nothing any more. Raises NotAllowed, NotFound."""
    require(actor, "staff.manage_people")
    with transaction.atomic():
        if one_time_codes.withdraw(Kind.INVITATION, person):
            record(actor, "account.invitation_withdrawn", person.alias)


def offer_new_password(actor, person):
    """Open a way to a new password for `person`; the old one holds until it is used. Returns a Way.

    Nobody else ever knows the password. Raises NotYetIn, NotAllowed, NotFound.
    """
    require(actor, "staff.manage_people")
    if not person.has_usable_password():
        raise NotYetIn(alias=person.alias)
    with transaction.atomic():
        record(actor, "account.password_offered", person.alias, by_mail=bool(address_of(person)))
        return _open(Kind.PASSWORD, person)


def ask_forgotten(name):
    """Somebody forgot the password of the account with this user name or e-mail address (str); `send_forgotten` looks
    whether there is one. Whoever asks learns nothing, neither by words nor by the clock."""
    ForgottenPassword.objects.create(name=name)


def send_forgotten():
    """Send a letter to each account whose password somebody forgot; what was asked is gone then. How many asked, int.

    Of two workers one sends it. A letter that fails is tried again by the outbox.
    """
    asked = list(ForgottenPassword.objects.order_by("asked_at")[:AT_ONCE])
    for one in asked:
        with transaction.atomic():
            if ForgottenPassword.objects.filter(pk=one.pk).delete()[0]:
                _open_forgotten(one)
    return len(asked)


def _open_forgotten(asked):
    try:
        name = asked.name
    except Unreadable:
        return
    people = User.objects.active()
    person = people.filter(username=User.normalize_username(name)).first() or people.by_email(name).first()
    if person is not None and address_of(person) and person.has_usable_password():
        record(None, "account.password_forgotten", person.alias)
        _open(Kind.PASSWORD, person)


def _open(kind, person):
    if not address_of(person):
        (code,) = one_time_codes.issue_typed(kind, person, lasting(kind))
        return Way(code, page_of(kind, code), timezone.now() + lasting(kind))
    code = one_time_codes.issue_link(kind, person, lasting(kind))
    way = Way("", page_of(kind, code), timezone.now() + lasting(kind))
    with translation.override(person.language):
        subject, paragraphs = _letter(kind, person, way)
        send(person, subject, paragraphs, keep=lasting(kind))
    return way


def _letter(kind, person, way):
    until = date_format(timezone.localtime(way.until), TO_THE_MINUTE)
    hello = gettext("Hello %(alias)s,") % {"alias": person.alias}
    if kind == Kind.INVITATION:
        return gettext("You are invited"), [
            hello,
            gettext("an account was made for you at %(house)s. Your user name is %(name)s.")
            % {"house": settings.HOTLINE_NAME, "name": person.username},
            gettext("Choose your password here, and you can begin:"),
            way.url,
            gettext("The link works once, until %(until)s. Give it to nobody.") % {"until": until},
        ]
    return gettext("Your way to a new password"), [
        hello,
        gettext("here you choose a new password:"),
        way.url,
        gettext("The link works once, until %(until)s. Give it to nobody.") % {"until": until},
        gettext("If you did not ask for it, do nothing: your password stays as it is."),
    ]


def find(kind, code):
    """The OneTimeCode behind a link or a typed code, also one whose time is over; None when there is none."""
    found = one_time_codes.find(kind, code) or one_time_codes.find(kind, one_time_codes.as_typed(code))
    return found if found and found.user.is_active else None


def is_open(way):
    """Whether `way` (OneTimeCode) still opens, bool."""
    return way.expires_at > timezone.now()


def take_way(way, password):
    """Whoever holds `way` (OneTimeCode, found by its code) chooses a password. Returns the User.

    Every session of theirs ends, and an invitation is over. Raises WayGone.
    """
    person = way.user
    person.set_password(password)
    with transaction.atomic():
        used = OneTimeCode.objects.filter(pk=way.pk).alive(timezone.now()).delete()[0]
        if not used or not User.objects.active().filter(pk=person.pk).update(password=person.password):
            raise WayGone
        person.sessions.all().delete()
        if way.kind == Kind.INVITATION:
            record(person, "account.invitation_accepted", person.alias)
        else:
            record(person, "account.password_changed", person.alias)
            notify(person, Notice.PASSWORD_CHANGED)
    return person
