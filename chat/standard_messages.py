"""What the desk is told of standard messages: which there are at a line, and what is true there right now. Reads alone."""

import zoneinfo
from datetime import UTC, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from chat.models import Line, StandardMessage
from chat.models.standard_message import MOST_OFFERED
from hotline.lib.languages import LANGUAGES

# Spans that follow one another are looked through no further than this: a line that seems never to close.
MOST_SPANS = 200
# Whoever is told today of an opening so far ahead would think that nobody is there until then.
FAR = timedelta(days=7)


def offered(person, line, entrance, now):
    """What `person` (User) may insert at `line` (Line), and what is true at `now` (aware datetime), dict for JSON.

    entrance: the Line to whose page the visitor came, and comes again: its title and hours are what they are told.
    languages: {code: own name}. places: {language: {placeholder: text}}. messages: [{code, short_code, owner, texts}], one's
    own first, then the line's, then the house's.
    """
    found = StandardMessage.objects.offered(person, line)[:MOST_OFFERED]
    return {
        "languages": dict(LANGUAGES),
        "places": {language: places(entrance, language, now) for language, _name in LANGUAGES},
        "messages": [
            {"code": one.code, "short_code": one.short_code, "owner": one.owner, "texts": one.texts} for one in found
        ],
    }


def places(line, language, now):
    """{placeholder: what stands in its place} in `language` (str); the alias is known to the desk alone."""
    with override(language):
        return {"line": line.title(language), "opens": opens(line, now)}


def opens(line, now):
    """When visitors can come next, as far as its hours say so, in words of the active language (str)."""
    if line.mode == Line.Mode.HOURS and not line.hours and not line.exceptions:
        return _("at any hour, day and night")
    opening = next_opening(line, now)
    if opening is None or (opening - now > FAR and line.door(now) == "open"):
        return _("as soon as the chat's page says that it is open")
    # Visitors may be anywhere: a time without its place would be a wrong one for some.
    words = _("%(day)s, from %(time)s (time in %(city)s)")
    return words % {
        # Translators: how Django's filter "date" writes a day: Tuesday, 24 November.
        "day": date_format(opening, _("l, j E")),
        "time": date_format(opening, "H:i"),
        "city": line.time_zone.rpartition("/")[2].replace("_", " "),
    }


def next_opening(line, now):
    """The next moment (datetime in the line's time zone) at which its door opens that was closed before; None: nobody knows.

    Where one span follows the other nothing opens.
    """
    zone, moment = zoneinfo.ZoneInfo(line.time_zone), now
    for _span in range(MOST_SPANS):
        said = line.opens_at(moment)
        if said is None:
            return None
        moment = said.astimezone(UTC)
        real = moment.astimezone(zone)
        # In the hour that the clocks leave out in spring a line is open when that hour is over.
        left_out = real.replace(tzinfo=None) != said.replace(tzinfo=None)
        if left_out or line.door(moment - timedelta(minutes=1)) == "closed":
            return real
    return None
