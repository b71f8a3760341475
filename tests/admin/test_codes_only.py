"""What the admin writes down by itself, and what it calls things: codes, never content and never a name that is sealed."""

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import models
from django.urls import reverse

from coordinators.models import LocalCoordinator
from hotline.lib.fields import SealedTextField
from hotline.staff.actions.alarms import raise_alarm
from hotline.staff.models import Alarm, Team, User
from tests.admin.conftest import address, lists

ROOMS = ("hotline", "coordinators", "chat")
MARK = "Zwetschgenkuchen"
# What a thing may be called by: public knowledge, codes, aliases, and names that everybody in the house knows.
NAMED_BY = {
    "coordinators.Category": {"names", "slug"},
    "coordinators.CategoryStamp": {"value"},
    "coordinators.Place": {"name", "names", "near"},
    "coordinators.PlaceName": {"name"},
    "coordinators.DirectoryEntry": {"title", "slug"},
    "chat.Line": {"titles", "slug"},
    "chat.Group": {"titles"},
    "questionnaires.Questionnaire": {"names", "slug"},
    "questionnaires.Question": {"key", "label"},
    "staff.Team": {"name"},
    # the key of a question, not its answer
    "chat.AnswerText": {"question"},
    # what is fetched, as "poller"
    "telegram.Lease": {"name"},
    "staff.User": {"alias"},
    "staff.CallPlan": {"name"},
    # Written by the house, in codes; see the tests of alarms.
    "staff.Alarm": {"text", "params", "kind", "subject"},
    "staff.AuditEntry": {"action", "subject"},
    "outbox.Message": {"key", "purpose", "subject"},
}
CODES = {"code", "reference", "slug", "key", "state", "kind", "channel", "purpose"}


def ours():
    return [one for one in apps.get_models() if one.__module__.split(".")[0] in ROOMS]


def marked(model, depth=3):
    """An unsaved row of `model`, every text of which is marked but those by which it may be called."""
    named = NAMED_BY.get(model._meta.label, set()) | CODES
    row = model()
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey):
            if depth and not field.null:
                setattr(row, field.name, marked(field.related_model, depth - 1))
        elif field.name in named or field.choices or field.primary_key:
            continue
        elif isinstance(field, models.CharField | models.TextField | SealedTextField):
            setattr(row, field.name, MARK)
        elif isinstance(field, models.JSONField):
            setattr(row, field.name, {"en": MARK, MARK: MARK})
        elif isinstance(field, models.BinaryField):
            setattr(row, field.name, MARK.encode())
        elif isinstance(field, models.DateTimeField | models.DateField):
            setattr(row, field.name, field.to_python("2026-03-02"))
    return row


@pytest.mark.parametrize("model", ours(), ids=lambda model: model._meta.label)
def test_a_thing_is_called_by_codes_alone(model):
    """Its name stands in headings, messages, selects, the browser's history, and error reports."""
    row = marked(model)
    assert MARK not in str(row) and MARK not in repr(row)


def test_the_mark_would_be_seen(monkeypatch):
    """The test above finds what it looks for."""
    monkeypatch.setattr(LocalCoordinator, "__str__", lambda self: self.name)
    assert MARK in str(marked(LocalCoordinator))


# ---- history ----


@pytest.fixture
def busy(cast, as_person):
    """Ada and Cora have made, changed and pressed something of each sort."""
    ada, cora = as_person(cast.ada), as_person(cast.cora)
    assert ada.post(address(Team, "add"), {"code": "night", "name": "Night"}).status_code == 302
    team = Team.objects.get(code="night")
    assert ada.post(address(Team, "change", team.pk), {"code": "night", "name": "Nights"}).status_code == 302
    assert ada.post(address(User, "button", cast.vera.pk, "disable")).status_code == 302
    alarm = raise_alarm(cast.phone, "nobody_took", "K7QX2M")
    assert cora.post(
        address(Alarm), {"action": "acknowledge", "_selected_action": [alarm.pk], "sure": "yes"}
    ).status_code
    return ada, cora, alarm


@pytest.mark.django_db
def test_django_s_own_log_stays_empty(busy):
    assert not LogEntry.objects.exists()


@pytest.mark.django_db
def test_a_page_leads_to_its_lines_in_the_audit_whoever_may_read_them(cast, busy, as_person):
    ada, cora, alarm = busy
    history = address(User, "history", cast.vera.pk)
    assert history in ada.get(address(User, "change", cast.vera.pk)).content.decode()
    lines = ada.get(history, follow=True)
    assert lines.redirect_chain[-1][0] == f"{reverse('admin:staff_auditentry_changelist')}?q=Vera"
    assert "Account closed" in lines.content.decode()
    of_alarm = address(Alarm, "history", alarm.pk)
    assert of_alarm not in cora.get(address(Alarm, "change", alarm.pk)).content.decode()
    assert cora.get(of_alarm).status_code == 403
    assert as_person(cast.viktor).get(of_alarm).status_code == 404


@pytest.mark.django_db
def test_every_field_that_is_set_says_what_it_does(rows, as_person):
    """The fields of every form of the admin: a label alone tells nobody what follows for whom."""
    client, silent = as_person(rows.everything), []
    for label, one in sorted(lists().items()):
        page = client.get(address(one.model, "add"))
        if page.status_code == 200:
            fields = page.context["adminform"].form.fields
            silent += [f"{label}.{name}" for name, field in fields.items() if not field.help_text]
    # the places of an on-call plan: what stands above them says it for all
    silent = [one for one in silent if not one.startswith("staff.CallPlan.person_")]
    assert silent == []


@pytest.mark.django_db
def test_every_button_that_takes_something_says_so_first(rows, as_person):
    """Of buttons that are dangerous or want to be given a reason."""
    silent = [
        f"{label}.{name}"
        for label, one in sorted(lists().items())
        for name, button in one.get_buttons().items()
        if (button.dangerous or "reason" in getattr(button.form, "base_fields", {})) and not button.words
    ]
    assert silent == []
