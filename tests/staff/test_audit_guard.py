"""The database itself lets nobody change or remove a line of the audit, however it is asked (ASVS 16.4.2)."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from hotline.staff import audit_guard
from hotline.staff.actions.audit import record
from hotline.staff.actions.audit_chain import erase_before, link_lines
from hotline.staff.models import AuditEntry, AuditLink

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lines(cast):
    found = [record(cast.vera, "test.done", f"CODE{number}", reason="called twice") for number in range(3)]
    assert link_lines() == 3
    connection.check_constraints()
    return found


def tables():
    with connection.cursor() as cursor:
        found = []
        for model in audit_guard.GUARDED:
            cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY 1")
            found.append(
                [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor.fetchall()]
            )
        return found


TRIED = {
    "change": "UPDATE staff_auditentry SET reason = ''",
    "change one": "UPDATE staff_auditentry SET action = 'x' WHERE subject = 'CODE1'",
    "backdate": "UPDATE staff_auditentry SET at = '2020-01-01 00:00:00+00:00'",
    "name another account": "UPDATE staff_auditentry SET actor_id = NULL, actor_alias = 'Viktor'",
    "restamp": "UPDATE staff_auditentry SET stamp = reason::bytea",
    "remove": "DELETE FROM staff_auditentry",
    "remove the last": "DELETE FROM staff_auditentry WHERE id = (SELECT max(id) FROM staff_auditentry)",
    "remove links": "DELETE FROM staff_auditlink",
    "change links": "UPDATE staff_auditlink SET position = position + 10",
    "remove the anchor": "DELETE FROM staff_auditanchor",
    "move the anchor back": "UPDATE staff_auditanchor SET position = -1",
    "truncate": "TRUNCATE staff_auditentry CASCADE",
    "replace": "INSERT OR REPLACE INTO staff_auditentry SELECT * FROM staff_auditentry",
    "replace links": "INSERT OR REPLACE INTO staff_auditlink SELECT position, hash, entry_id FROM staff_auditlink",
    "replace the anchor": "INSERT OR REPLACE INTO staff_auditanchor SELECT * FROM staff_auditanchor",
}
OF_ONE = {"truncate": "postgresql", "restamp": "postgresql"} | {
    name: "sqlite" for name in ("replace", "replace links", "replace the anchor")
}


@pytest.mark.parametrize("tried", TRIED)
def test_sql_by_hand_is_refused(tried):
    if OF_ONE.get(tried, connection.vendor) != connection.vendor:
        pytest.skip(f"only {OF_ONE[tried]} knows this statement")
    before = tables()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TRIED[tried])
    assert tables() == before


def test_django_s_own_ways_round_our_manager_are_refused_too():
    for attempt in (
        lambda: AuditEntry._base_manager.update(reason=""),
        lambda: AuditEntry._base_manager.all()._raw_delete("default"),
        lambda: AuditLink.objects.all().delete(),
        lambda: AuditLink.objects.update(hash=b""),
    ):
        before = tables()
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            attempt()
        assert tables() == before


def test_an_account_goes_and_its_lines_stay(cast):
    cast.vera.delete()
    assert set(AuditEntry.objects.values_list("actor", "actor_alias")) == {(None, "Vera")}


def test_lines_go_by_age_and_the_rest_is_guarded_as_before():
    last = AuditEntry.objects.latest("at")
    assert erase_before(last.at) == 2
    assert AuditEntry.objects.get() == last
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry._base_manager.all()._raw_delete("default")
    assert erase_before(timezone.now() + timedelta(seconds=1)) == 1
    assert not AuditEntry.objects.exists() and not AuditLink.objects.exists()


def test_a_migration_takes_the_guard_away_and_puts_it_back():
    with connection.cursor() as cursor:
        there = audit_guard._names(connection, cursor)
        assert len(there) == {"sqlite": 9, "postgresql": 6}[connection.vendor]
        audit_guard.remove(connection)
        assert audit_guard._names(connection, cursor) == {}
        call_command("migrate", verbosity=0)
        assert audit_guard._names(connection, cursor) == there
