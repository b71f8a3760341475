"""The phone is lost, at night: a colleague with the right makes a code that takes the place of the second factor, once.

It is read out by telephone, to a voice one knows. It counts after the password alone, for a quarter of an hour, and leads
straight to setting up a new second factor; what is lost opens the door until that stands.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermission

from hotline.lib.errors import Refused
from hotline.staff.actions import one_time_codes
from hotline.staff.actions.audit import record
from hotline.staff.actions.factors import has_factor
from hotline.staff.actions.notices import Notice, notify
from hotline.staff.models import Kind, User
from hotline.staff.permissions import NotAllowed, NotFound, Rights, holders
from hotline.staff.roles import SUPERVISE, WORK

HELP = "staff.help_log_in"
LASTING = timedelta(minutes=15)


class NothingLost(Refused):
    """There is no second factor that a code could take the place of."""

    code = "nothing_lost"
    message = _("%(alias)s has no second key that could be lost: the password is enough, or the invitation.")


def whom(actor):
    """People (QuerySet of User) for whom `actor` may make a code.

    Never for oneself. Administrators for everybody; coordinators for those in a team that they supervise, but not for an
    administrator: the second factor of somebody who may more than they is not in their hands.
    """
    others = User.objects.active().exclude(pk=actor.pk)
    rights = Rights.of(actor)
    if rights.can("staff.manage_people"):
        return others
    belongs = UserObjectPermission.objects.filter(
        user=OuterRef("pk"), permission__codename__in=(WORK, SUPERVISE), object_pk__in=rights.scope_pks(HELP)
    )
    return others.filter(Exists(belongs)).exclude(pk__in=holders("staff.manage_people").values("pk"))


def make_code(actor, person):
    """A code (str) to read out to `person`, good once within 15 minutes. Audited, and they are told by e-mail.

    Raises NotAllowed to a colleague without the right and to whoever asks for themselves, NotFound to a stranger,
    NothingLost.
    """
    if not whom(actor).filter(pk=person.pk).exists():
        raise NotAllowed if Rights.of(actor).is_staff else NotFound
    if not has_factor(person):
        raise NothingLost(alias=person.alias)
    with transaction.atomic():
        (code,) = one_time_codes.issue_typed(Kind.RESCUE, person, LASTING)
        record(actor, "account.rescue_code_made", person.alias)
        notify(person, Notice.HELPED)
    return code


def use_rescue_code(person, code):
    """Use up a code that was read out to `person`; whether it was good, bool."""
    with transaction.atomic():
        if not one_time_codes.use(Kind.RESCUE, one_time_codes.as_typed(code), person):
            return False
        record(person, "account.rescue_code_used", person.alias)
    return True
