"""People who work together under the same coordinators: the scope of every staff right."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.staff.roles import SUPERVISE, WORK


class Team(models.Model):
    """A call centre, a crawling team, the volunteers of a line. Teams see nothing of each other."""

    TEAM_PATH = "pk"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(_("short name"), max_length=40, unique=True)
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=100)
    takes_requests = models.BooleanField(
        _("takes help requests"),
        default=False,
        help_text=_("Its volunteers are operators: by phone, or reading other channels."),
    )
    crawls = models.BooleanField(
        _("reads other channels"),
        default=False,
        help_text=_("Its operators find calls for help in writing: the desk has a box for posts."),
    )
    in_common_room = models.BooleanField(
        _("takes part in the internal chat of all lines"),
        default=False,
        help_text=_(
            "For operators, who otherwise know nothing of the others. Everybody there sees everybody's alias. "
            "Whoever answers a line is in it by that line's own setting."
        ),
    )
    created_at = models.DateTimeField(_("made on"), auto_now_add=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        default_permissions = ()
        ordering = ["name", "code"]
        # Object permissions, given for one team at a time; they count only together with a role.
        permissions = [(WORK, "Work in this team"), (SUPERVISE, "Supervise this team")]

    def __str__(self):
        return self.name
