"""On-call plans: made, changed, removed by whoever supervises the team; those of the house by administrators."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hotline.lib.errors import Refused
from hotline.staff.actions.audit import record
from hotline.staff.models import Alarm, CallPlan, CallStep, User
from hotline.staff.permissions import holders, require, visible

PLAN = "staff.plan_calls"


class CannotSeeToIt(Refused):
    """Somebody in the list has no right to see to these alarms. Parameter: alias."""

    code = "cannot_see_to_it"
    message = _("%(alias)s may not see to these alarms: whoever is rung must supervise the team.")


def who_may_be_rung(team):
    """Everybody (QuerySet of User) who may see to alarms of `team`, or of the house for None."""
    return holders("staff.acknowledge_alarm", Alarm(team=team))


def candidates(actor, teams, *, of_the_house):
    """Everybody (QuerySet of User) whom `actor` may put into a plan of one of `teams`, or of the house."""
    found = {pk for team in teams for pk in who_may_be_rung(team).values_list("pk", flat=True)}
    if of_the_house:
        found |= set(who_may_be_rung(None).values_list("pk", flat=True))
    return User.objects.filter(pk__in=found)


def save_plan(actor, plan, people):
    """Write a new CallPlan, or what was changed in one, with its `people` (list of User) in the order of ringing.

    Raises CannotSeeToIt, NotAllowed, NotFound, also for the team that a plan is taken from.
    """
    require(actor, PLAN, plan)
    if plan.pk:
        require(actor, PLAN, CallPlan.objects.get(pk=plan.pk))
    allowed = set(who_may_be_rung(plan.team).values_list("pk", flat=True))
    for person in people:
        if person.pk not in allowed:
            raise CannotSeeToIt(alias=person.alias)
    with transaction.atomic():
        adding = plan._state.adding
        plan.save()
        plan.steps.all().delete()
        CallStep.objects.bulk_create(
            CallStep(plan=plan, position=number, person=person) for number, person in enumerate(people)
        )
        record(
            actor,
            "call_plan.created" if adding else "call_plan.changed",
            plan.team.code if plan.team else "",
            plan=plan.pk,
            people=len(people),
        )
    return plan


def delete_plan(actor, plan):
    """Remove a plan: everybody is rung at once again. Raises NotAllowed, NotFound."""
    require(actor, PLAN, plan)
    with transaction.atomic():
        record(actor, "call_plan.deleted", plan.team.code if plan.team else "", plan=plan.pk)
        plan.delete()


def plans_of(actor):
    """The plans (QuerySet) that `actor` (User or Rights) keeps."""
    return visible(actor, CallPlan.objects.all(), PLAN)
