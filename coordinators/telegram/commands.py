"""The bot's commands about the coordinator itself."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from coordinators.actions import availability, endpoints, vouching
from coordinators.models import LocalCoordinator
from coordinators.telegram.replies import endpoints_of, person_of
from hotline.lib.errors import Refused
from hotline.outbox.replies import language_of, reply

# A pause without a number of hours ends by /resume alone; more than this is no pause.
LONGEST_PAUSE_HOURS = 24 * 14


def _argument(update):
    """What stands behind the command, as text."""
    return (update.message.text or "").partition(" ")[2].strip()


def for_linked(function):
    """Call `function(update, endpoint)` for each endpoint of the chat, in its language; others learn how to get linked."""

    def handle(update):
        found = endpoints_of(update)
        if not found:
            with override(language_of(update)):
                reply(update, _("You are not linked yet. Open the link that you were given, or ask for one."))
            return
        for endpoint in found:
            with override(endpoint.language):
                if person_of(update, endpoint) is None:
                    words = _("Only members who are linked can do this. Ask for a link of your own.")
                    reply(update, words, part=endpoint.pk)
                    continue
                function(update, endpoint)

    return handle


def start(update):
    """`/start <code>` links the chat; without a code it says what this is."""
    code = _argument(update)
    if not code:
        welcome(update)
        return
    try:
        with transaction.atomic():
            endpoint = endpoints.link_chat(
                code,
                update.effective_chat.id,
                is_group=update.effective_chat.type != "private",
                language=language_of(update),
            )
            with override(endpoint.language):
                if endpoint.receives_offers:
                    words = _("Linked. Requests that you can help with come here from now on. /help tells the rest.")
                else:
                    words = _(
                        "Linked. You can accept requests in your group now; the contact comes here, to you alone."
                    )
                reply(update, words)
    except Refused as refused:
        with override(language_of(update)):
            reply(update, str(refused))


def welcome(update):
    """Say who we are, to somebody linked or not."""
    found = endpoints_of(update)
    with override(found[0].language if found else language_of(update)):
        if found:
            reply(update, _("You are linked. Requests that you can help with come here. /help tells the rest."))
        else:
            reply(
                update,
                _("This is the bot of %(house)s. It brings requests to people who are registered to help. Open the link "
                  "that you were given, or ask for one.") % {"house": settings.HOTLINE_NAME},
            )  # fmt: skip


@for_linked
def pause(update, endpoint):
    """`/pause [hours]`"""
    hours = _argument(update)
    if hours and not (hours.isdecimal() and 0 < int(hours) <= LONGEST_PAUSE_HOURS):
        reply(update, _("Say for how many hours, as /pause 8, or /pause alone until you /resume."))
        return
    try:
        with transaction.atomic():
            person = person_of(update, endpoint)
            availability.pause(None, endpoint.local_coordinator, int(hours) if hours else None, person=person)
    except Refused:
        pass  # switched off: the state below says so
    reply(update, state_in_words(endpoint.local_coordinator), part=endpoint.pk)


@for_linked
def resume(update, endpoint):
    """`/resume`"""
    try:
        with transaction.atomic():
            availability.resume(None, endpoint.local_coordinator, person=person_of(update, endpoint))
    except Refused:
        pass  # not paused: the state below says so
    reply(update, state_in_words(endpoint.local_coordinator), part=endpoint.pk)


@for_linked
def status(update, endpoint):
    """`/status`"""
    reply(update, state_in_words(endpoint.local_coordinator), part=endpoint.pk)


def state_in_words(local_coordinator):
    """How the coordinator stands, in one or two sentences of the active language."""
    local_coordinator = LocalCoordinator.objects.get(pk=local_coordinator.pk)
    words = {
        LocalCoordinator.State.ACTIVE: _("You are active: requests come here."),
        LocalCoordinator.State.PAUSED: _paused(local_coordinator),
    }.get(local_coordinator.state, _("You are switched off at the moment. Write to those who registered you."))
    held = local_coordinator.open_requests
    carried = ngettext("You hold %(number)d open request.", "You hold %(number)d open requests.", held) % {
        "number": held
    }
    return f"{words} {carried}"


def _paused(local_coordinator):
    """How long it is paused, by the coordinator's own clock."""
    until = local_coordinator.paused_until
    if until is None:
        return _("You are paused: nothing new comes until you /resume.")
    time = date_format(timezone.localtime(until, ZoneInfo(local_coordinator.time_zone)), "SHORT_DATETIME_FORMAT")
    return _("You are paused: nothing new comes until %(time)s, or until you /resume.") % {"time": time}


@for_linked
def language(update, endpoint):
    """`/language`: choose one of the house's languages."""
    rows = [[{"text": name, "data": f"l.{code}"}] for code, name in settings.LANGUAGES]
    reply(update, _("Which language shall I speak here?"), buttons=rows)


def choose_language(update):
    """A button of `/language`."""
    code = update.callback_query.data.partition(".")[2]
    if code not in dict(settings.LANGUAGES):
        return None
    for endpoint in endpoints_of(update):
        if person_of(update, endpoint) is not None:
            endpoints.set_language(endpoint, code)
    with override(code):
        return _("From now on I speak English here.")


@for_linked
def vouch(update, endpoint):
    """`/vouch`: a code that one hands on to somebody who wants to register."""
    if endpoint.is_group:
        reply(update, _("Ask me this in our private chat, please."), part=endpoint.pk)
        return
    try:
        with transaction.atomic():
            code = vouching.make_code(None, endpoint.local_coordinator, person=endpoint)
    except Refused as refused:
        reply(update, str(refused), part=endpoint.pk)
        return
    lines = [
        _("Give this code to one organisation that you know well; it writes it into its registration:"),
        f"<b>{code}</b>",
        f"{settings.BASE_URL}{reverse('coordinators:join')}",
        _(
            "It works once, for two weeks. They do not learn that it came from you, and you do not learn whether they used it."
        ),
    ]
    reply(update, "\n".join(lines), part=endpoint.pk)


def help_(update):
    """`/help`"""
    found = endpoints_of(update)
    with override(found[0].language if found else language_of(update)):
        lines = [
            _("Requests that fit you come here. Accept or decline each; declining never counts against you."),
            _("Accepting opens the contact to you alone. Everybody else is told that it is taken."),
            "",
            _("/open – what you have taken, and what waits"),
            _("/pause 8 – nothing new for 8 hours (without a number: until /resume)"),
            _("/resume – go on"),
            _("/status – how you stand"),
            _("/vouch – a code for an organisation that you know and that wants to join"),
            _("/language – the language here"),
            _("/stop – leave; nothing comes here any more"),
            "",
            _("All of it on one page: %(address)s") % {"address": settings.BASE_URL + reverse("guide-coordinator")},
        ]
        reply(update, "\n".join(lines))


@for_linked
def stop(update, endpoint):
    """`/stop`: the endpoint is switched off."""
    endpoints.stop(endpoint)
    reply(update, _("Nothing comes here any more. To return, ask for a new link. Thank you for your help."))


def unknown(update):
    """A command that does not exist."""
    if update.effective_chat.type != "private":
        return
    found = endpoints_of(update)
    with override(found[0].language if found else language_of(update)):
        reply(update, _("I do not know this. /help tells what I understand."))
