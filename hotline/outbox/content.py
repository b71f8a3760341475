"""One notice in the form in which each channel takes it, as `enqueue` wants it. In the active language."""

from html import escape

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _


def chat(headline, lines, foot="", buttons=()):
    """A message in Telegram. headline, foot: str, lines: list of str, all plain; buttons: rows as the outbox takes them."""
    parts = [f"<b>{escape(headline)}</b>", *map(escape, lines), *([f"<i>{escape(foot)}</i>"] if foot else [])]
    return {"text": "\n".join(parts), "buttons": list(buttons)}


def letter(subject, headline, lines, foot="", *, words="", url="", hint="", after=None):
    """An e-mail as text and HTML. words, url: of the one link in it, hint: what it does. after: id of the message that it
    answers to."""
    subject = f"{settings.HOTLINE_NAME}: {subject}"
    foot = foot or _("This letter was written by a machine; nobody reads answers to it.")
    paragraphs = [headline, *lines, *([f"{words}:\n{url}", hint] if url else []), f"-- \n{foot}"]
    link = {"words": words, "url": url, "hint": hint} if url else None
    context = {"subject": subject, "headline": headline, "lines": lines, "link": link, "foot": foot}
    written = {
        "subject": subject,
        "text": "\n\n".join(one for one in paragraphs if one) + "\n",
        "html": render_to_string("outbox/letter.html", context),
    }
    return written | ({"after": str(after)} if after else {})


def event(endpoint_pk, kind, data):
    """A call to a webhook. endpoint_pk: whose secrets sign it; kind: str, as "offer.offered"; data: what JSON can hold."""
    return {"endpoint": str(endpoint_pk), "type": kind, "timestamp": timezone.now().isoformat(), "data": data}
