from django.contrib import admin
from django.db import transaction
from django.http import HttpResponseRedirect
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from coordinators.models.place import UP, coarse
from hotline.dispatch import wording
from hotline.dispatch.actions import contacts, coverage, links, questions, work
from hotline.dispatch.actions import offers as actions
from hotline.dispatch.forms.offers import AskForm, DeclineForm, FinishForm
from hotline.dispatch.models import Offer
from hotline.dispatch.voice import Voice
from hotline.live import topics
from hotline.staff.admin import lists, shelves
from hotline.staff.admin.base import HouseModelAdmin, button
from hotline.staff.permissions import rights_of, visible

REPRESENT = "coordinators.represent"
State = Offer.State
# What is over is emptied here as it is in Telegram.
SHOWN = (State.OFFERED, State.DECLINED, State.ACCEPTED)


def voice(request):
    """The representative who is logged in."""
    return Voice(Offer.Way.ADMIN, user=request.user)


def _is(*states):
    return lambda offer: offer.state in states


@admin.register(Offer)
class OfferAdmin(HouseModelAdmin):
    """What a representative sees of the requests that were offered to theirs, and nothing of anybody else."""

    view_right = REPRESENT
    shelf = shelves.NOW
    tones = {"state": {State.OFFERED: "waiting", State.ACCEPTED: "good"}}
    nothing_here = _("What fits your places and kinds of help is offered here, and by the ways you linked.")
    list_display = ["reference", "what", "where", "urgency", "state", "offered_at"]
    list_filter = ["state", "offered_at"]
    search_fields = ["reference"]
    search_help_text = _("Reference, kind of help or place, as they stand in the list.")
    fields = ["reference", "state", "offered_at", "answered_at", "decline_reason", "summary", "answers"]

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .select_related("help_request__category", f"help_request__place__{UP[-1]}", "local_coordinator")
        )

    def get_search_results(self, request, queryset, search_term):
        """In what the list shows alone: the exact place of a request is not to be found out by searching."""

        def shown(offer):
            return offer.reference, self.what(offer), self.where(offer)

        return lists.among_shown(queryset, search_term, shown), False

    def waiting(self, request):
        return visible(rights_of(request), Offer.objects.filter(state=State.OFFERED), REPRESENT)

    def topics(self, request):
        return [topics.offers(pk) for pk in rights_of(request).scope_pks(REPRESENT)]

    @admin.display(description=_("kind of help"))
    def what(self, offer):
        return offer.help_request.category.label() if offer.state in SHOWN else "–"

    @admin.display(description=_("place"))
    def where(self, offer):
        return coarse(offer.help_request.place).label() if offer.state in SHOWN else "–"

    @admin.display(description=_("urgency"))
    def urgency(self, offer):
        if offer.state not in SHOWN:
            return "–"
        help_request = offer.help_request
        return lists.tag(help_request.get_urgency_display(), "urgent" if help_request.urgency == "urgent" else "")

    @admin.display(description=_("what is needed"))
    def summary(self, offer):
        return "\n".join(wording.summary(offer, get_language())) if offer.state in SHOWN else "–"

    @admin.display(description=_("your questions"))
    def answers(self, offer):
        asked = offer.questions.all()[:20] if offer.state in SHOWN else []
        lines = [f"{questions.shown(one)} – {questions.shown_answer(one) or gettext('no answer yet')}" for one in asked]
        return "\n".join(lines) or "–"

    @button(_("Accept"), right=REPRESENT, when=_is(State.OFFERED, State.DECLINED))
    def accept(self, request, offer):
        return HttpResponseRedirect(actions.accept(voice(request), offer))

    @button(
        _("Decline"),
        right=REPRESENT,
        when=_is(State.OFFERED),
        form=DeclineForm,
        words=_("Others are asked. It never counts against you."),
        many=_("Decline these"),
    )
    def decline(self, request, offer, said):
        actions.decline(voice(request), offer, said["reason"])
        return gettext("Declined. That never counts against you.")

    @button(
        _("Stop asking for this"),
        right=REPRESENT,
        when=lambda offer: offer.asks_about_id is not None,
        words=_("The entry by which this was offered to you is taken out of what you are registered for."),
    )
    def give_up_coverage(self, request, offer):
        coverage.answer(voice(request), offer, gives_up=True)
        return gettext("Done. You are no longer asked for it.")

    @button(_("Ask first"), right=REPRESENT, when=_is(State.OFFERED), form=AskForm)
    def ask(self, request, offer, said):
        questions.ask(voice(request), offer, said["ready"], said["text"])
        return gettext("Asked. The answer comes here.")

    @button(_("Open the contact"), right=REPRESENT, when=_is(State.ACCEPTED))
    def open_contact(self, request, offer):
        if not voice(request).is_who_accepted(offer):
            raise contacts.NotYours
        with transaction.atomic():
            return HttpResponseRedirect(links.issue(offer, voice(request), fresh=True))

    @button(_("I am on it"), right=REPRESENT, when=_is(State.ACCEPTED), many=_("I am on these"))
    def sign(self, request, offer):
        work.sign(voice(request), offer)
        return gettext("Good. Thank you for saying so.")

    @button(_("Done …"), right=REPRESENT, when=_is(State.ACCEPTED), form=FinishForm)
    def finish(self, request, offer, said):
        work.finish(voice(request), offer, said["outcome"])
        return gettext("Thank you!")

    @button(
        _("Hand back"),
        right=REPRESENT,
        when=_is(State.ACCEPTED),
        words=_("You no longer see the contact, and others are asked at once. It never counts against you."),
    )
    def hand_back(self, request, offer):
        work.hand_back(voice(request), offer)
        return gettext("Handed back. Others are asked now.")
