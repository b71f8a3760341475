"""What the registry does when the outbox reports how a message went, or when somebody loses rights."""

from coordinators.actions import endpoints, tellings, ways
from coordinators.models import Endpoint
from hotline.outbox import outcome as outcomes


def outbox(message, outcome):
    """Note how it went at the endpoint: one that can no longer be reached is switched off, one that fails is asked last, and a
    group that moved is followed.

    Called inside the transaction that records the outcome.
    """
    if message.purpose == tellings.PURPOSE and outcome.state == outcomes.DEAD:
        tellings.came_back(message)
    if outcome.state == outcomes.MIGRATED:
        for endpoint in Endpoint.objects.at(message.channel, message.address()):
            endpoints.move(endpoint, outcome.recipient)
    elif outcome.state == outcomes.DEAD and outcome.reason in outcomes.OF_THE_RECIPIENT:
        for endpoint in _concerned(message, outcome):
            endpoints.note_failure(endpoint, outcome.reason, outcome.at)
    elif outcome.state == outcomes.SENT and message.edits_id is None:
        if message.purpose == ways.CHECK and message.channel == Endpoint.Channel.WEBHOOK:
            _checked(message, outcome)
        else:
            for endpoint in _concerned(message, outcome):
                endpoints.note_sent(endpoint, outcome.at)


def _concerned(message, outcome):
    """The endpoints of which an outcome tells: all at a chat or mailbox, but of a system only the one whose call it was.
    Another coordinator may name the same address, and the system refuse, or take, what was signed with their secret."""
    found = Endpoint.objects.at(message.channel, message.address()).select_related("local_coordinator")
    if message.channel == Endpoint.Channel.WEBHOOK:
        return found.filter(pk=outcome.signed_by) if outcome.signed_by else found.none()
    return found


def _checked(message, outcome):
    found = Endpoint.objects.at(message.channel, message.address()).select_related("local_coordinator")
    for endpoint in found.filter(local_coordinator__code=message.subject):
        said = "sent" if ways.confirm_webhook(endpoint, outcome.answer) else "not_confirmed"
        Endpoint.objects.filter(pk=endpoint.pk).update(last_outcome=said, last_outcome_at=outcome.at)


def rights_withdrawn(sender, person, **kwargs):
    """Called inside the transaction that takes rights from `person` (User)."""
    endpoints.withdraw(person)
