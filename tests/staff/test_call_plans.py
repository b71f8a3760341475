"""On-call plans in the admin: whoever supervises a team says who is rung for it."""

import pytest

from hotline.staff.actions.call_plans import CannotSeeToIt, delete_plan, save_plan
from hotline.staff.models import AuditEntry, CallPlan, CallStep
from hotline.staff.permissions import NotAllowed, NotFound

pytestmark = pytest.mark.django_db
LIST = "/admin/staff/callplan/"
ADD = f"{LIST}add/"


def said(team, *people, **more):
    """What the form sends."""
    fields = {"team": team.pk if team else "", "name": "Nights", "position": 0, "minutes": 5}
    return fields | {f"person_{number}": person.pk for number, person in enumerate(people)} | more


def order(plan):
    return [step.person.alias for step in plan.steps.all()]


def test_a_coordinator_plans_for_their_team(as_person, cast):
    response = as_person(cast.cora).post(
        ADD, said(cast.phone, cast.alice, cast.cora, **{"hours-mon": "22-6", "kinds": ["nobody_took"]})
    )
    assert response.status_code == 302, response.context["adminform"].form.errors
    plan = CallPlan.objects.get()
    assert order(plan) == ["Alice", "Cora"]
    assert (plan.team, plan.hours, plan.kinds) == (cast.phone, {"mon": [["22:00", "06:00"]]}, ["nobody_took"])
    assert AuditEntry.objects.get(action="call_plan.created").subject == "phone"


def test_changing_it_keeps_the_new_order(as_person, cast):
    client = as_person(cast.cora)
    client.post(ADD, said(cast.phone, cast.alice, cast.cora))
    plan = CallPlan.objects.get()
    html = client.get(f"{LIST}{plan.pk}/change/").content.decode()
    assert f'value="{cast.alice.pk}" selected' in html
    assert client.post(f"{LIST}{plan.pk}/change/", said(cast.phone, cast.cora)).status_code == 302
    assert order(CallPlan.objects.get()) == ["Cora"]


@pytest.mark.parametrize(("who", "status"), [("vera", 403), ("viktor", 403), ("cora", 200), ("ada", 200)])
def test_who_may_plan(as_person, cast, who, status):
    assert cast.phone
    client = as_person(getattr(cast, who))
    assert client.get(LIST).status_code == client.get(ADD).status_code == status


def test_a_coordinator_sees_and_touches_no_other_team_s_plan_nor_the_house_s(as_person, cast):
    clara = cast.person("clara", roles=["coordinator"], supervises=[cast.crawl])
    foreign = save_plan(clara, CallPlan(team=cast.crawl, name="Foreign"), [clara])
    house = save_plan(cast.ada, CallPlan(name="House"), [cast.ada])
    client = as_person(cast.cora)
    html = client.get(LIST).content.decode()
    assert "Foreign" not in html and "House" not in html
    html = client.get(ADD).content.decode()
    assert "Clara" not in html and "Crawl" not in html and "Ada" not in html
    for plan in (foreign, house):
        assert client.get(f"{LIST}{plan.pk}/change/").status_code == 404
        for call in (
            lambda one=plan: save_plan(cast.cora, one, [cast.cora]),
            lambda one=plan: delete_plan(cast.cora, one),
        ):
            with pytest.raises(NotFound):
                call()
    foreign.team = cast.phone  # taken over into one's own team
    with pytest.raises(NotFound):
        save_plan(cast.cora, foreign, [cast.cora])
    with pytest.raises(NotAllowed):
        save_plan(cast.vera, CallPlan(team=cast.phone, name="Mine"), [])
    assert CallPlan.objects.count() == 2 and CallStep.objects.count() == 2


def test_administrators_plan_for_the_house_alone(as_person, cast):
    client = as_person(cast.ada)
    assert client.post(ADD, said(None, cast.ada)).status_code == 302
    assert CallPlan.objects.get().team is None
    response = client.post(ADD, said(cast.phone, cast.ada))
    assert response.status_code == 200 and "team" in response.context["adminform"].form.errors


def test_nobody_is_planned_who_may_not_see_to_it(as_person, cast):
    cora, vera = cast.cora, cast.vera
    with pytest.raises(CannotSeeToIt, match="Vera"):
        save_plan(cora, CallPlan(team=cast.phone, name="Nights"), [cora, vera])
    response = as_person(cora).post(ADD, said(cast.phone, vera))
    assert response.status_code == 200 and "person_0" in response.context["adminform"].form.errors
    both = cast.person("both", roles=["coordinator"], supervises=[cast.phone, cast.crawl])
    response = as_person(both).post(ADD, said(cast.crawl, cora))
    assert "Cora may not see to these alarms" in response.content.decode()
    assert not CallPlan.objects.exists()


def test_an_empty_plan_is_refused_and_nothing_typed_is_lost(as_person, cast):
    response = as_person(cast.cora).post(ADD, said(cast.phone, name="My nights", **{"hours-mon": "late"}))
    html = response.content.decode()
    assert "My nights" in html and 'value="late"' in html
    assert "08:00–12:00" in html


def test_deleted_everybody_is_rung_at_once_again(as_person, cast):
    plan = save_plan(cast.cora, CallPlan(team=cast.phone, name="Nights"), [cast.cora])
    assert as_person(cast.cora).post(f"{LIST}{plan.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not CallPlan.objects.exists()
    assert AuditEntry.objects.filter(action="call_plan.deleted").exists()


def test_the_list_asks_as_often_with_30_as_with_1(as_person, cast, same_queries):
    client = as_person(cast.cora)

    def add(number):
        save_plan(cast.cora, CallPlan(team=cast.phone, name=f"Plan {number}"), [cast.cora])

    same_queries(add, lambda: client.get(LIST))
