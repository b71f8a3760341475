"""The pair of words by which helper and seeker know each other: the one who comes says the first, the caller answers the other.

They are sealed with the request. The caller hears them at intake, whoever accepts reads them with the opened contact. When
somebody who has opened the contact no longer has the request, they know a pair that must not open another door: there is a
new one from that moment on, and the desk is asked to tell the caller. Until it has, the next helper reads that the caller
does not know them yet.
"""

from contextlib import suppress

from django.db import transaction

from hotline.dispatch.errors import StateChanged, unread
from hotline.dispatch.models import HelpRequest
from hotline.lib.keyring import KeyGone
from hotline.lib.spoken import pass_words
from hotline.live import topics
from hotline.live.doorbell import ring
from hotline.staff.actions.audit import record
from hotline.staff.permissions import require


def renew(help_request):
    """Make a new pair, which the caller does not know yet; nothing once it is erased. Call inside a transaction, with the
    request's row locked or changed in it."""
    with suppress(KeyGone):
        pair = pass_words(help_request.details().get("code_language", "en"))
        _write(help_request, pass_words=pair, pass_words_told=False)


def told(help_request):
    """The caller has heard the pair. Call inside a transaction. Raises KeyGone."""
    if not help_request.details().get("pass_words_told", True):
        _write(help_request, pass_words_told=True)
        ring(topics.team_requests(help_request.team_id))


def tell(actor, help_request):
    """A new pair to be read to the caller who is on the phone: (what the helper says, what the caller answers).

    Only while the caller has not heard it; each reading is audited. Raises NotAllowed, NotFound, TextErased, StateChanged
    (told already, or the request is over).
    """
    require(actor, "dispatch.take_request", help_request)
    with transaction.atomic():
        help_request = HelpRequest.objects.select_for_update(no_key=True).get(pk=help_request.pk)
        try:
            details = help_request.details()
            if help_request.state not in HelpRequest.OPEN or details.get("pass_words_told", True):
                raise StateChanged
            told(help_request)
        except KeyGone as gone:
            raise unread(gone) from gone
        record(actor, "help_request.pass_words_told", help_request.code)
    return tuple(details["pass_words"])


def _write(help_request, **changes):
    sealed = help_request.seal("sealed_details", help_request.details() | changes, help_request.record_key())
    HelpRequest.objects.filter(pk=help_request.pk).update(sealed_details=sealed)
    help_request.sealed_details = sealed
