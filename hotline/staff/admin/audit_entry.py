from asgiref.sync import sync_to_async
from django.contrib import admin
from django.http import HttpResponseBadRequest, HttpResponseNotAllowed, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hotline.staff.actions.audit_export import export
from hotline.staff.admin import shelves
from hotline.staff.admin.base import HouseModelAdmin
from hotline.staff.audit_words import words
from hotline.staff.forms.audit import AuditForm
from hotline.staff.models import AuditEntry
from hotline.staff.permissions import NotAllowed

SHOWN = 100


@admin.register(AuditEntry)
class AuditEntryAdmin(HouseModelAdmin):
    """Read only. The list is our own: it may hold millions of lines, so it counts none and pages by the number of a line."""

    view_right = "staff.view_audit"
    shelf = shelves.RECORDS
    fields = ["at", "actor_alias", "what", "action", "subject", "details", "reason", "position"]

    def get_urls(self):
        page = self.admin_site.admin_view(self.export_view)
        return [path("export/", page, name="staff_auditentry_export"), *super().get_urls()]

    @admin.display(description=_("what happened"))
    def what(self, line):
        return words(line.action)

    @admin.display(description=_("position in the chain"))
    def position(self, line):
        return line.link.position if hasattr(line, "link") else gettext("not yet")

    def changelist_view(self, request, extra_context=None):
        """GET: the lines that were asked for, newest first; `before` is the number of a line, behind which the page begins."""
        if not self.has_view_permission(request):
            raise NotAllowed
        form = AuditForm(request.GET or {})
        before = request.GET.get("before", "")
        lines = form.lines()
        if before.isascii() and before.isdigit():
            lines = lines.filter(pk__lt=int(before[:18]))
        asked = request.GET.copy()
        asked.pop("before", None)
        found = list(lines[: SHOWN + 1])
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": self.opts.verbose_name_plural.capitalize(),
            "form": form,
            "lines": [(line, words(line.action)) for line in found[:SHOWN]],
            "asked": asked,
            "query": asked.urlencode(),
            "older": found[SHOWN - 1].pk if len(found) > SHOWN else None,
            "is_paged": bool(before),
        }
        return TemplateResponse(request, "admin/staff/auditentry/list.html", context)

    def export_view(self, request):
        """POST, with the fields of the list's form: the lines as CSV, itself audited."""
        if not self.has_view_permission(request):
            raise NotAllowed
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = AuditForm(request.POST)
        if not form.is_valid():
            return HttpResponseBadRequest()
        batches = export(request.user, form.lines(), form.asked())
        response = StreamingHttpResponse(_in_threads(batches), content_type="text/csv; charset=utf-8")
        name = f"audit-{timezone.localdate():%Y-%m-%d}.csv"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


async def _in_threads(batches):
    """The batches, each made in a thread when the one before has gone out: an answer is never held whole."""
    language = translation.get_language()

    def following():
        with translation.override(language):
            return next(batches, None)

    while (batch := await sync_to_async(following)()) is not None:
        yield batch
