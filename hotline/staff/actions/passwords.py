"""One's own password."""

from django.db import transaction

from hotline.staff.actions.audit import record
from hotline.staff.actions.notices import Notice, notify


def change_password(person, password):
    """`person` takes another password; every session of theirs ends, but for the one that the page renews."""
    person.set_password(password)
    with transaction.atomic():
        person.save(update_fields=["password"])
        record(person, "account.password_changed", person.alias)
        notify(person, Notice.PASSWORD_CHANGED)
