"""What the questionnaires keep, for the table of what is kept: the questions; answers lie with what they are about."""

from django.utils.translation import gettext_lazy as _

from hotline.lib.kept import EVERYBODY_IN_THE_HOUSE, PLAIN, STAYS, Row

ROWS = [
    Row(
        datum=_("questions before, during and after"),
        fields=("questionnaires.Questionnaire: all", "questionnaires.Question: all"),
        kept=PLAIN,
        seen=EVERYBODY_IN_THE_HOUSE,
        gone=STAYS,
    ),
]
