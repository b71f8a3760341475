"""A form of questions on a page."""

from django.template.loader import render_to_string

COLOURS = [
    {"value": "red", "label": {"en": "red", "de": "rot", "uk": "червоний"}},
    {"value": "blue", "label": {"en": "blue", "de": "blau", "uk": "синій"}},
]


def shown(form):
    return render_to_string("questionnaires/questions.html", {"form": form})
