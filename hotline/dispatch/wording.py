"""What a coordinator reads about an offer, as content for the outbox, in the endpoint's language.

Nothing here may tell who else was asked, how many, or when: `tests/dispatch/test_rivals.py` compares byte by byte.
"""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from coordinators.models.place import coarse
from hotline.dispatch.models import HelpRequest, Offer, OfferQuestion
from hotline.dispatch.shapes import answer_to, said
from hotline.lib.keyring import KeyGone
from hotline.outbox.models import UNCHANGEABLE, Channel
from hotline.questionnaires.actions import read


def button(text, action, offer, endpoint, argument=""):
    """One inline button; its data is `action[argument].token`, bound to offer and chat."""
    return {"text": text, "data": f"{action}{argument}.{offer.button_token(endpoint.address)}"}


def public_answers(help_request, language):
    """[(label, answer)] of the questions that were public when they were answered, and still are, in `language`.

    Empty once the text is erased.
    """
    try:
        details = help_request.details()
    except KeyGone:
        return []
    answers = {key: details["answers"][key] for key in details["public"]}
    return read(help_request.category.effective("questionnaire"), answers, language, public_only=True)


def summary(offer, language):
    """What an offer says before acceptance, as lines of plain text: kind, coarse place, urgency, time, public answers."""
    help_request = offer.help_request
    with override(language):
        lines = [
            f"{help_request.category.label(language)} · {coarse(help_request.whole_place()).label(language)}",
            HelpRequest.Urgency(help_request.urgency).label.capitalize(),
        ]
        if help_request.needed_by:
            lines[1] += " · " + _("by %(time)s") % {
                "time": date_format(timezone.localtime(help_request.needed_by), "SHORT_DATETIME_FORMAT")
            }
        lines += [f"{label}: {answer}" for label, answer in public_answers(help_request, language)]
        lines.append(_told_by(help_request))
        if help_request.practice:
            lines.append(_("Practice: this is not a real request."))
    return lines


def _told_by(help_request):
    """Whether somebody has spoken to the person, and of what was found in writing that it was."""
    if not help_request.source:
        if help_request.spoken_to:
            return _("Somebody has spoken to the person.")
        return _("Nobody has spoken to the person yet.")
    if help_request.spoken_to:
        return _("Found in writing; somebody has rung the person back.")
    if help_request.looked_at:
        return _("Found in writing; two people have read it, nobody has spoken to the person yet.")
    return _("Found in writing; nobody has spoken to the person yet.")


def facts(offer, language):
    """What an offer says before acceptance, for a machine; the words in `language`."""
    help_request = offer.help_request
    return {
        "kind": help_request.category.label(language),
        "place": coarse(help_request.whole_place()).label(language),
        "urgency": help_request.urgency,
        "needed_by": help_request.needed_by.isoformat() if help_request.needed_by else None,
        "spoken_to": help_request.spoken_to,
        "found_in_writing": bool(help_request.source),
        "looked_at_by_two": help_request.looked_at is not None,
        "answers": [
            {"question": str(label), "answer": str(said)} for label, said in public_answers(help_request, language)
        ],
        "practice": help_request.practice,
        "answer_to": answer_to(offer),
    }


def offered(offer, endpoint, url=None):
    """The offer itself, with its buttons. url: the page of the offer, for a private chat or a letter alone."""
    with override(endpoint.language):
        headline, *lines = summary(offer, endpoint.language)
        buttons = [
            [button(_("Accept"), "a", offer, endpoint), button(_("Decline"), "d", offer, endpoint)],
            [button(_("Ask first"), "q", offer, endpoint)],
            *([[{"text": _("Open its page"), "url": url}]] if url else []),
        ]
        return said(
            offer,
            endpoint,
            "offered",
            headline,
            lines,
            buttons=buttons,
            url=url,
            words=_("Accept or decline"),
            hint=_("Opening the page changes nothing: you accept or decline with a button there."),
            facts=facts(offer, endpoint.language) if endpoint.channel == Channel.WEBHOOK else None,
        )


def declined(offer, endpoint):
    """After declining: the reasons to choose from, and the way back while it is free. None where it cannot be shown."""
    if endpoint.channel in UNCHANGEABLE:
        return None
    with override(endpoint.language):
        reasons = [
            [button(str(reason.label).capitalize(), "r", offer, endpoint, str(number))]
            for number, reason in enumerate(Offer.DeclineReason)
        ]
        if offer.decline_reason:
            reasons = []
            text = _("Declined. Thank you for the word.")
        else:
            text = _("Declined. If you like, say why:")
        lines, about = _question_about_coverage(offer, endpoint)
        back = button(_("Take it after all"), "a", offer, endpoint)
        return said(offer, endpoint, "declined", text, lines, buttons=[*reasons, *about, [back]])


def _question_about_coverage(offer, endpoint):
    """(lines, rows of buttons) of the question that waits for an answer in a chat; nothing where none does, nor where the
    use of the chat ended, which learns no kind and no place."""
    if not offer.asks_about or endpoint.channel in UNCHANGEABLE or endpoint.state != endpoint.State.ACTIVE:
        return [], []
    return [still_covered(offer.asks_about, endpoint.language)], [
        [button(_("Stop asking for this"), "c", offer, endpoint, "1")],
        [button(_("Leave it as it is"), "c", offer, endpoint, "0")],
    ]


def still_covered(coverage, language):
    """The question whether an entry of the coverage still holds."""
    return _("You are registered for this: %(kind)s · %(place)s. Shall we stop asking you for it?") % {
        "kind": coverage.category.label(language),
        "place": coverage.place.label(language),
    }


def yours(offer, endpoint, url=None):
    """For the winner. `url`: the link that opens the contact; only where whoever accepted reads alone."""
    with override(endpoint.language):
        headline, *lines = summary(offer, endpoint.language)
        work = [button(_("Done …"), "f", offer, endpoint), button(_("Hand back"), "b", offer, endpoint)]
        if url is None:
            lines.append(_("The link to the contact went to whoever accepted, in private."))
        return said(
            offer,
            endpoint,
            "accepted",
            _("Yours: %(what)s") % {"what": headline},
            lines,
            buttons=[[{"text": _("Open the contact"), "url": url}], work] if url else [work],
            url=url,
            words=_("Open the contact"),
            hint=_("It opens on the device that opens it first. There you also say how it went, or hand it back."),
        )


def new_link(offer, endpoint, url):
    """For whoever asked for a new link to the offer's page. url: that link."""
    with override(endpoint.language):
        words = _("Open its page")
        return said(
            offer,
            endpoint,
            "link",
            _("Your new link"),
            summary(offer, endpoint.language)[:1],
            buttons=[[{"text": words, "url": url}]],
            url=url,
            words=words,
            hint=_(
                "It replaces the one before once you press a button there, and belongs to the device that opens the contact."
            ),
        )


def outcomes(offer, endpoint):
    """The question how it went."""
    with override(endpoint.language):
        choices = [
            [button(str(outcome.label).capitalize(), "o", offer, endpoint, str(number))]
            for number, outcome in enumerate(HelpRequest.Outcome)
        ]
        back = [button(_("Back"), "y", offer, endpoint)]
        return said(offer, endpoint, "outcomes", _("How did it go?"), buttons=[*choices, back])


def ready_questions(offer, endpoint):
    """Questions that need no typing; free text is asked for by the last of them."""
    with override(endpoint.language):
        choices = [
            [button(str(ready.label), "w", offer, endpoint, str(number))]
            for number, ready in enumerate(OfferQuestion.Ready)
        ]
        back = [button(_("Back"), "k", offer, endpoint)]
        lines = summary(offer, endpoint.language)
        return said(offer, endpoint, "questions", _("What do you want to know first?"), lines, buttons=[*choices, back])


def prompt(offer, endpoint):
    """Asks for a question in free words."""
    with override(endpoint.language):
        words = _("Write your question now, as an answer to this message. The desk does not learn who asks.")
        return said(offer, endpoint, "prompt", words)


def closed(offer, endpoint):
    """What is left of an offer when it is over: a sentence, no kind, no place, no button; and the question about their own
    coverage, until it is answered.

    None for what whoever is told has done themselves, where nothing has to be emptied.
    """
    by_itself = offer.state == Offer.State.FINISHED or offer.returned_because == "handed_back"
    if by_itself and endpoint.channel in UNCHANGEABLE:
        return None
    with override(endpoint.language):
        sentence = {
            Offer.State.TAKEN: _("This request is being handled. Thank you."),
            Offer.State.WITHDRAWN: _("This request was withdrawn. Nothing to do for you."),
            Offer.State.RETURNED: _("Handed back. Thank you for saying so."),
            Offer.State.FINISHED: _("Finished. Thank you!"),
        }[Offer.State(offer.state)]
        if offer.returned_because not in ("", "handed_back"):
            sentence = _("We heard nothing from you, so others are asked now. Nothing to do for you.")
        lines, about = _question_about_coverage(offer, endpoint)
        return said(offer, endpoint, "closed", sentence, lines, buttons=about)


def no_longer_needed(offer, endpoint):
    """For whoever had accepted: it was withdrawn while it was theirs."""
    with override(endpoint.language):
        line = _(
            "The request that you took on was withdrawn. Please do not go on, and do not ring the person about it."
        )
        return said(offer, endpoint, "withdrawn", _("No longer needed"), [line])


def nudge(offer, endpoint, url=None):
    """Asks the winner, of whom nothing was heard, whether it is going on. url: the offer's page, for a letter."""
    with override(endpoint.language):
        lines = [
            *summary(offer, endpoint.language)[:1],
            _("Without a word from you it is offered to others again."),
        ]
        buttons = [
            [button(_("Yes, I am on it"), "s", offer, endpoint)],
            [button(_("Done …"), "f", offer, endpoint), button(_("Hand back"), "b", offer, endpoint)],
        ]
        words = _("Say how it is going")
        return said(offer, endpoint, "nudge", _("Are you on it?"), lines, buttons=buttons, url=url, words=words)


def signed(offer, endpoint):
    """In place of the nudge, once it was answered. None where it cannot be shown."""
    if endpoint.channel in UNCHANGEABLE:
        return None
    with override(endpoint.language):
        return said(offer, endpoint, "signed", _("Good. Thank you for saying so."))


def answer(question_text, answer_text, offer, endpoint, url=None):
    """The desk's answer to a question; it names nobody. url: the offer's page, for a letter."""
    with override(endpoint.language):
        open_ = [[button(_("Accept"), "a", offer, endpoint), button(_("Decline"), "d", offer, endpoint)]]
        return said(
            offer,
            endpoint,
            "answer",
            _("An answer to your question"),
            [f"– {question_text}", f"– {answer_text}"],
            buttons=open_ if offer.state == Offer.State.OFFERED else [],
            url=url,
            words=_("Open its page"),
        )


def changed(offer, endpoint, *, resealed=False, url=None):
    """For the winner: something is other than it was.

    resealed: what stands at the contact was corrected, of which only that is said here. url: the link that opens it, for
    the private chat or the letter of whoever accepted alone.
    """
    with override(endpoint.language):
        lines = summary(offer, endpoint.language)
        if resealed:
            lines.append(_("What stands with the contact was corrected. Open it once more before you go on."))
        words = _("Open the contact")
        buttons = [[{"text": words, "url": url}]] if url else []
        return said(offer, endpoint, "changed", _("Changed"), lines, buttons=buttons, url=url, words=words)
