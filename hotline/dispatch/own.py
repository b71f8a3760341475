"""What hangs on an account here: requests taken, notes and answers written, offers accepted for a local coordinator."""

from django.utils.translation import gettext_lazy as _

from hotline.dispatch.models import HelpRequest, Offer, OfferLink, OfferQuestion, RequestNote
from hotline.lib.own import Part

CODE = _("code")


def _requests(person):
    return HelpRequest.objects.filter(created_by=person).values_list("code", "created_at")


def _notes(person):
    written = RequestNote.objects.filter(author=person).order_by("-written_at")
    return written.values_list("help_request__code", "written_at")


def _answers(person):
    answered = OfferQuestion.objects.filter(answered_by=person).order_by("-answered_at")
    return answered.values_list("offer__help_request__code", "answered_at")


def _accepted(person):
    return Offer.objects.filter(accepted_user=person).values_list("reference", "answered_at")


def _links(person):
    links = OfferLink.objects.filter(user=person).order_by("-created_at")
    return links.values_list("offer__reference", "created_at", "expires_at")


def _looked_at(person):
    looked = HelpRequest.objects.filter(looked_by=person).order_by("-looked_at")
    return looked.values_list("code", "looked_at")


PARTS = [
    Part(
        "help_requests",
        _("Help requests that you took"),
        ("dispatch.HelpRequest: created_by",),
        {"code": CODE, "at": _("taken")},
        _requests,
    ),
    Part(
        "looked_at",
        _("Calls for help found in writing that you looked at"),
        ("dispatch.HelpRequest: looked_by",),
        {"code": CODE, "at": _("looked at")},
        _looked_at,
    ),
    Part(
        "notes",
        _("Notes that you wrote about a request"),
        ("dispatch.RequestNote: author",),
        {"code": CODE, "at": _("written")},
        _notes,
    ),
    Part(
        "answers",
        _("Questions of local coordinators that you answered"),
        ("dispatch.OfferQuestion: answered_by",),
        {"code": CODE, "at": _("answered")},
        _answers,
    ),
    Part(
        "accepted",
        _("Offers that you accepted for a local coordinator"),
        ("dispatch.Offer: accepted_user",),
        {"code": CODE, "at": _("answered")},
        _accepted,
    ),
    Part(
        "links",
        _("Links to offers that were made for you"),
        ("dispatch.OfferLink: user",),
        {"code": CODE, "at": _("made on"), "until": _("valid until")},
        _links,
    ),
]
