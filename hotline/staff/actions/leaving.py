"""Somebody closes their own account."""

from functools import partial

from django.contrib.auth.models import Group
from django.db import transaction

from hotline.lib.scrub import scrub
from hotline.staff.actions.people import close, forget
from hotline.staff.actions.rights import LastAdministrator
from hotline.staff.models import User
from hotline.staff.permissions import can, holders
from hotline.staff.roles import ADMINISTRATOR

MANAGE = "staff.manage_people"


def leave(person, *, at_once):
    """Close the account of `person`, who asks for it themself: every log-in ends now, and all that rests on their rights.

    at_once: whether it is forgotten now too, and not ACCOUNT_DAYS later. Whether it was still open, bool; a second call
    changes nothing. Raises LastAdministrator.
    """
    with transaction.atomic():
        # Two administrators who leave at once queue here, and the second is the last.
        Group.objects.select_for_update().get(name=ADMINISTRATOR)
        manages = can(person, MANAGE)
        if not close(person, person, "account.left", at_once=at_once):
            return False
        if manages and not holders(MANAGE).exists():
            raise LastAdministrator
        if at_once:
            forget(person)
            transaction.on_commit(partial(scrub, User._meta.db_table))
    return True
