"""The demo's two lines, with their questions, standard messages and a planned group; both are open."""

import json
from pathlib import Path

from chat.models import Group, Line, StandardMessage
from hotline.questionnaires.models import Question, Questionnaire
from hotline.staff.models import Team

DATA = Path(__file__).parent / "data"
ASKED = ("questions", "survey", "wrap_up")
HOUSE = "house"


def load(demo):
    """Make the lines that are missing, and open those that somebody closed; what was changed in them stays."""
    team, made = Team.objects.get(code="chat"), []
    for wanted in _read("demo-lines.json"):
        if not Line.objects.filter(slug=wanted["slug"]).exists():
            asked = {name: _questionnaire(wanted, name) for name in ASKED}
            made.append(Line.objects.create(**wanted | asked, team=team))
        Line.objects.filter(slug=wanted["slug"]).update(mode=Line.Mode.OPEN)
    for line in made:
        line.passes_on_to.set(Line.objects.filter(team=team).exclude(pk=line.pk))
    for wanted in _read("demo-groups.json"):
        line = Line.objects.get(slug=wanted.pop("line"))
        if not line.groups.exists():
            Group.objects.create(line=line, **wanted)
    for whose, texts in _read("demo-standard-messages.json").items():
        _standard_messages(whose, texts)


def _read(name):
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def _questionnaire(line, name):
    wanted = line[name]
    slug = f"chat-{line['slug']}-{name.replace('_', '-')}"
    questionnaire, made = Questionnaire.objects.get_or_create(slug=slug, defaults={"names": wanted["names"]})
    if made:
        for position, question in enumerate(wanted["questions"]):
            Question.objects.create(questionnaire=questionnaire, position=position, **question)
    return questionnaire


def _standard_messages(whose, wanted):
    """Those of a line (its short name) or of the house, where there are none."""
    owner = StandardMessage.Owner.HOUSE if whose == HOUSE else StandardMessage.Owner.LINE
    line = None if whose == HOUSE else Line.objects.get(slug=whose)
    if not StandardMessage.objects.filter(owner=owner, line=line).exists():
        StandardMessage.objects.bulk_create(StandardMessage(owner=owner, line=line, **one) for one in wanted)
