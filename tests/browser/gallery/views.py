"""Views behind the gallery."""

from datetime import timedelta
from pathlib import Path

from django import forms
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import engines
from django.utils import timezone

from hotline.lib.troubles import told

PAGE = Path(__file__).with_name("gallery.html")
PLACES = {
    "kharkiv": ("Харків – Kharkiv, Ukraine", "1 433 886 people"),
    "kherson": ("Херсон – Kherson, Ukraine", "occupied in part"),
    "izium": ("Ізюм – Izium, Kharkiv oblast, Ukraine", ""),
    "izmail": ("Ізмаїл – Izmail, Odesa oblast, Ukraine", ""),
}
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"

counter = {"part": 0}


class GalleryForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As others shall see it.")
    urgency = forms.ChoiceField(
        label="How urgent",
        choices=[("urgent", "Within hours"), ("today", "Today"), ("soon", "This week")],
        widget=forms.RadioSelect,
        initial="today",
    )
    languages = forms.MultipleChoiceField(
        label="Languages", choices=[("uk", "Українська"), ("de", "Deutsch")], widget=forms.CheckboxSelectMultiple
    )
    spoken = forms.BooleanField(label="Somebody has spoken to the person", help_text="Offers say so.")
    kind = forms.ChoiceField(label="Kind", choices=[("", "–"), ("a", "One"), ("b", LONG)])
    note = forms.CharField(label="What they should know", widget=forms.Textarea(attrs={"rows": 2}), max_length=400)


def show(request):
    """Everything at once; ?errors shows the form as it comes back."""
    messages.success(request, "Sent. Three coordinators have it now.")
    messages.warning(request, "Nobody has taken it yet.")
    form = GalleryForm({"urgency": "today"} if "errors" in request.GET else None)
    now = timezone.now()
    context = {
        "form": form,
        "long": LONG,
        "just_now": now - timedelta(seconds=40),
        "past": now - timedelta(minutes=14),
        "soon": now + timedelta(seconds=50),
    }
    text = engines["django"].from_string(PAGE.read_text())
    return HttpResponse(text.render(context, request))


def cards(request):
    """The first page with cards of every kind."""
    now = timezone.now()
    rows = [
        {
            "text": "Translation · Izium, Kharkiv oblast",
            "url": "/",
            "tag": "Nobody took it",
            "tone": "waiting",
            "at": now,
        },
        {"text": f"Medicine · {LONG}", "url": "/", "at": now - timedelta(hours=3)},
    ]
    cards = [
        {
            "title": "Alarms",
            "count": 2,
            "tone": "urgent",
            "icon": "bell",
            "rows": rows,
            "url": "/",
            "action": "See all",
        },
        {
            "title": "Open in your teams",
            "count": 5,
            "icon": "inbox",
            "text": "1 needs you.",
            "url": "/",
            "action": "Go",
        },
        {"title": "Registrations", "count": 0, "icon": "people", "text": "None wait for you."},
    ]
    return render(request, "home.html", {"cards": cards, "topics": ""})


def search(request):
    """As a real search answers; the word "broken" breaks it."""
    words = request.GET["q"].casefold()
    if words == "broken":
        return HttpResponse(status=500)
    found = [
        {"value": key, "label": label, "detail": detail}
        for key, (label, detail) in PLACES.items()
        if words in label.casefold() or key.startswith(words)
    ]
    return JsonResponse({"results": found})


def part(request):
    """A part that counts how often it was fetched."""
    counter["part"] += 1
    text = engines["django"].from_string(
        '<div id="part" data-ring="places" hx-get="/gallery/part/" hx-trigger="ring" hx-swap="outerHTML">'
        '<p>Fetched <b>{{ times }}</b></p><label for="draft">Draft</label><input id="draft">'
        '<details id="why"><summary>Reasons</summary><p>Because.</p></details><button class="button">Look</button></div>'
    )
    return HttpResponse(text.render({"times": counter["part"]}, request))


def post(request):
    """Says what was posted, with a message."""
    messages.success(request, f"Noted: {request.POST.get('reason', '')}")
    text = engines["django"].from_string('<p id="answer">Done</p>{% include "includes/messages.html" %}')
    return HttpResponse(text.render({}, request))


def breaks(request):
    """A fault inside the house."""
    raise RuntimeError("broken on purpose")


def answer(request, status):
    """Nothing, with that status."""
    return HttpResponse(f'<p id="answer">Status {status}</p>', status=status)


def trouble(request, name):
    """An error page, with a status that does not make the test fail."""
    answer = told(request, name)
    answer.status_code = 200
    return answer
