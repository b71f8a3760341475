"""The intake form: its parts that come as it fills, and sending it."""

from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from coordinators.models import CategoryTree
from coordinators.search.categories import search_categories
from coordinators.search.places import search_places
from hotline.dispatch import reasons
from hotline.dispatch.actions.intake import known, take
from hotline.dispatch.actions.waves import is_protected
from hotline.dispatch.cards import Card, with_cards
from hotline.dispatch.errors import LooksKnown
from hotline.dispatch.forms.contact import read_phone
from hotline.dispatch.forms.intake import MOST_NEEDS, Intake
from hotline.dispatch.forms.moment import Moment
from hotline.dispatch.forms.needs import PROTECTED, Need, kind_of, place_of
from hotline.dispatch.forms.post import read_into
from hotline.dispatch.matching import Need as Wanted
from hotline.dispatch.matching import nearest_cover, rank
from hotline.dispatch.models import HelpRequest
from hotline.dispatch.views.access import own_requests, staff_page, teams_that_take
from hotline.dispatch.views.desk import draft_key
from hotline.lib.errors import Refused
from hotline.lib.languages import SPOKEN
from hotline.staff.permissions import NotAllowed

# Longer than anything the search looks at.
LONGEST_QUERY = 200


@require_safe
@staff_page
def categories(request):
    """Kinds of help for the combo box, in every language."""
    found = search_categories(request.GET.get("q", "")[:LONGEST_QUERY])
    tree = CategoryTree.current()
    return JsonResponse(
        {"results": [category_choice(category, tree.by_id.get(category.parent_id)) for category in found]}
    )


@require_safe
@staff_page
def places(request):
    """Places for the combo box, in any script; those of the country that was last asked for come first."""
    last = own_requests(request).order_by("-created_at").values_list("place__country", flat=True).first()
    found = search_places(request.GET.get("q", "")[:LONGEST_QUERY], get_language(), country=last)
    return JsonResponse({"results": [place_choice(place) for place in found]})


def category_choice(category, above):
    """What the combo box shows of a kind of help: {value, label, detail}. above: the kind it belongs to, or None."""
    detail = above.label() if above and above.parent_id else ""
    return {"value": str(category.pk), "label": category.label(), "detail": detail}


def place_choice(place):
    """What the combo box shows of a place: {value, label, detail, shown}; what cannot be reached says so."""
    label = place.label()
    name, _comma, detail = label.partition(", ")
    barrier = place.barrier()
    if barrier is not None:
        detail = f"{detail} · {barrier.get_reachability_display()}".removeprefix(" · ")
    return {"value": str(place.pk), "label": name, "detail": detail, "shown": label}


def _number(sent):
    number = sent.get("number", "0")
    return int(number) if number.isdecimal() and len(number) < 4 else 0


@require_POST
@staff_page
def kind(request):
    """The part of one need that hangs on its kind: what to do in danger, the questions, the urgency. Keeps what was typed."""
    need = Need(_number(request.POST), request.POST, quiet=True)
    return render(request, "dispatch/requests/kind.html", {"need": need})


@require_safe
@staff_page
def another(request):
    """One need more."""
    context = {"need": Need(_number(request.GET)), "most": MOST_NEEDS, "removable": True}
    return render(request, "dispatch/requests/need.html", context)


@require_POST
@staff_page
def draft(request):
    """The form again, as it was typed and without a word about it."""
    return _form(request, Intake(teams_that_take(request), request.POST, quiet=True))


def _form(request, intake, status=200, **context):
    context |= {"intake": intake, "most": MOST_NEEDS, "draft_key": draft_key(request)}
    return render(request, "dispatch/requests/form.html", context, status=status)


@require_POST
@staff_page
def read_post(request):
    """The form again, with the post that was pasted taken apart into its empty boxes."""
    intake = Intake(teams_that_take(request), request.POST, quiet=True)
    if not intake.reads_posts:
        raise NotAllowed
    if intake.post.is_too_long():
        return _form(request, intake, status=422)
    data, reading = read_into(request.POST, intake.needs[0].number, get_language())
    return _form(request, Intake(teams_that_take(request), data, quiet=True), reading=reading)


@require_POST
@staff_page
def phone(request):
    """A hint about a phone number that has no known form. Posted, since addresses are written into logs."""
    place = place_of(request.POST.get(f"n{_number(request.POST)}-place", ""))
    _read, hint = read_phone(request.POST.get("phone", "")[:100], place and place.country)
    return render(request, "dispatch/requests/hint.html", {"hint": hint, "tone": "waiting"})


@require_POST
@staff_page
def twins(request):
    """The question whether a need is one of the open requests, as soon as what they are known by is written down. Nothing
    when there is none."""
    intake = Intake(teams_that_take(request), request.POST, quiet=True)
    need = Need(_number(request.POST), request.POST, quiet=True)
    place = place_of(request.POST.get(f"n{need.number}-place", ""))
    if intake.team is not None:
        typed = (request.POST.get(name, "") for name in ("phone", "link"))
        phone, link = (text if len(text) <= LONGEST_QUERY else "" for text in typed)
        practice = "practice" in request.POST
        need.twins = _cards(known(request.user, intake.team, need.category, place, phone, link, practice=practice))
    return render(request, "dispatch/requests/known.html", {"need": need})


@require_POST
@staff_page
def moment(request):
    """How a time was understood, or why it was not."""
    try:
        understood = Moment(required=False).clean(request.POST.get(f"n{_number(request.POST)}-needed_by", "")[:100])
    except ValidationError as unclear:
        return render(request, "dispatch/requests/hint.html", {"hint": unclear.messages[0], "tone": "waiting"})
    hint = date_format(understood, _("D j M, H:i")) if understood else ""
    return render(request, "dispatch/requests/hint.html", {"hint": hint, "tone": "quiet"})


@require_POST
@staff_page
def coverage(request):
    """The coverage line: does somebody cover this kind and place right now, and if not, why."""
    number = _number(request.POST)
    category, place, urgency = (request.POST.get(f"n{number}-{name}", "") for name in ("category", "place", "urgency"))
    category, place = kind_of(category), place_of(place)
    context = {"category": category, "place": place}
    if category is not None and place is not None:
        languages = tuple(code for code in request.POST.getlist("languages") if code in SPOKEN)
        urgency = urgency if urgency in HelpRequest.Urgency.values else category.effective("default_urgency")
        said, people = (request.POST.get(f"n{number}-{name}", "") for name in ("protected", "people"))
        protected = is_protected(PROTECTED.get(said), 1 if people.strip() == "1" else None)
        wanted = Wanted(category, place, urgency or "today", languages, protected)
        ranking = rank(wanted, timezone.now())
        context |= {
            "count": len(ranking.candidates),
            "minutes": ranking.minutes(),
            "left_out": reasons.left_out(ranking.left_out),
            "nearest": None if ranking.candidates else nearest_cover(wanted),
            "barrier": place.barrier(),
        }
    return render(request, "dispatch/requests/coverage.html", context)


@require_POST
@staff_page
def send(request):
    """Take the request: seal it, offer it, and show the spoken codes; or the form again, with what is wrong."""
    teams = teams_that_take(request)
    intake = Intake(teams, request.POST)
    if not intake.is_valid():
        return _form(request, intake, status=422, wrong=True)
    needs, contact, hint = intake.taken()
    try:
        taken, added = take(
            request.user,
            intake.team,
            needs,
            contact,
            intake.choices(),
            practice=intake.contact.cleaned_data["practice"],
            code_language=intake.code_language(),
            submission=intake.submission,
            source=intake.source,
            link=intake.link,
        )
    except LooksKnown as refused:
        intake.show_twins({at: _cards(twins) for at, twins in refused.params["found"].items()})
        return _form(request, intake, status=409, message=refused)
    except Refused as refused:
        return _form(request, intake, status=409, message=refused)
    return _form(request, Intake(teams), sent=_cards(taken), added=_cards(added), hint=hint)


def _cards(some):
    """The Cards (list) of these help requests, in the order in which they were taken."""
    if not some:
        return []
    rows = with_cards(HelpRequest.objects.filter(pk__in=[one.pk for one in some])).order_by("pk")
    return [Card(row) for row in rows]
