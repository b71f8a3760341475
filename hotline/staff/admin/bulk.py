"""A button pressed for several rows of a list at once: shown and asked first, refused row by row, then told."""

from django.contrib import messages
from django.forms import Form
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext

from hotline.lib.errors import Refused
from hotline.staff.permissions import rights_of
from hotline.staff.reauthentication import require_fresh

# Each row is a transaction of its own, and somebody waits for the page.
MOST = 200
TEMPLATE = "admin/house/bulk.html"


def press_many(chosen, model_admin, request, queryset):
    """An action of the list: press the Button `chosen` for the rows (QuerySet, visible ones alone).

    The first POST shows what would be done; the second, with `sure`, does it. Returns a response, or None: back to the list.
    """
    rows = list(queryset[: MOST + 1])
    if len(rows) > MOST:
        words = gettext("At most %(most)d at a time. Choose fewer, or filter the list first.")
        messages.error(request, words % {"most": MOST})
        return None
    rights = rights_of(request)
    fit = [row for row in rows if chosen.is_for(rights, row)]
    if not fit:
        messages.warning(request, gettext("Nothing to do: this fits none of the rows you chose."))
        return None
    sure = "sure" in request.POST
    form = (chosen.form or Form)(request.POST if sure else None)
    if chosen.dangerous:
        require_fresh(request)
    if sure and form.is_valid():
        _press_each(chosen, model_admin, request, fit, form)
        return None
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "button": chosen,
        "form": form,
        "fit": fit,
        "left": [row for row in rows if row not in fit],
        "title": chosen.many,
    }
    return TemplateResponse(request, TEMPLATE, context)


def _press_each(chosen, model_admin, request, rows, form):
    done, refused = 0, {}
    for row in rows:
        try:
            model_admin.press(request, row, chosen, form)
            done += 1
        except Refused as refusal:
            refused.setdefault(str(refusal), []).append(str(row))
    if done:
        words = ngettext("%(button)s: done for %(count)d.", "%(button)s: done for %(count)d.", done)
        messages.success(request, words % {"button": chosen.label, "count": done})
    for why, codes in sorted(refused.items()):
        messages.warning(request, f"{', '.join(codes)}: {why}")
