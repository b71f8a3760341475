"""Somebody closes their own account."""

from functools import partial

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from hotline.lib.scrub import scrub
from hotline.staff.actions.audit import record
from hotline.staff.actions.people import forget
from hotline.staff.actions.rights import LastAdministrator
from hotline.staff.models import Session, User
from hotline.staff.permissions import can, holders
from hotline.staff.roles import ADMINISTRATOR

MANAGE = "staff.manage_people"


def leave(person, *, at_once):
    """Close the account of `person`, who asks for it themself: every log-in ends now.

    at_once: whether it is forgotten now too, and not ACCOUNT_DAYS later. Whether it was still open, bool; a second call
    changes nothing. Raises LastAdministrator.
    """
    today = timezone.now().date()
    with transaction.atomic():
        # Two administrators who leave at once queue here, and the second is the last.
        Group.objects.select_for_update().get(name=ADMINISTRATOR)
        manages = can(person, MANAGE)
        if not User.objects.filter(pk=person.pk, is_active=True).update(is_active=False, left_on=today):
            return False
        if manages and not holders(MANAGE).exists():
            raise LastAdministrator
        Session.objects.filter(user=person).delete()
        record(person, "account.left", person.alias, at_once=at_once)
        if at_once:
            forget(person)
            transaction.on_commit(partial(scrub, User._meta.db_table))
    return True
