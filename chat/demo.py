"""The demo's two lines, with their questions; both are open."""

import json
from pathlib import Path

from chat.models import Line
from hotline.questionnaires.models import Question, Questionnaire
from hotline.staff.models import Team

DATA = Path(__file__).parent / "data" / "demo-lines.json"
ASKED = ("questions", "survey", "wrap_up")


def load(demo):
    """Make the lines that are missing, and open those that somebody closed; what was changed in them stays."""
    team = Team.objects.get(code="chat")
    for wanted in json.loads(DATA.read_text(encoding="utf-8")):
        if not Line.objects.filter(slug=wanted["slug"]).exists():
            asked = {name: _questionnaire(wanted, name) for name in ASKED}
            Line.objects.create(**wanted | asked, team=team)
        Line.objects.filter(slug=wanted["slug"]).update(mode=Line.Mode.OPEN)


def _questionnaire(line, name):
    wanted = line[name]
    slug = f"chat-{line['slug']}-{name.replace('_', '-')}"
    questionnaire, made = Questionnaire.objects.get_or_create(slug=slug, defaults={"names": wanted["names"]})
    if made:
        for position, question in enumerate(wanted["questions"]):
            Question.objects.create(questionnaire=questionnaire, position=position, **question)
    return questionnaire
