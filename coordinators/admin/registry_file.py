"""The registry as a table in the admin: brought in after a look at what would become of each line, and taken away."""

from django.http import HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordinators.actions import registry_file
from coordinators.actions.trust import MANAGE
from coordinators.forms.registry_file import RegistryFileForm
from hotline.lib.errors import Refused
from hotline.staff.admin import shelves
from hotline.staff.permissions import NotAllowed, NotFound, require
from hotline.staff.reauthentication import require_fresh

shelves.HELPERS.page(_("Registry as a table"), "admin:coordinators_registry_file", MANAGE)


class RegistryFileMixin:
    """For the admin of local coordinators."""

    def get_urls(self):
        return [
            path("table/", self.admin_site.admin_view(self.table), name="coordinators_registry_file"),
            path("table/file/", self.admin_site.admin_view(self.table_file), name="coordinators_registry_export"),
            *super().get_urls(),
        ]

    def table(self, request):
        """GET: the form. POST: what would become of each line; with `sure`, what became of it."""
        require(request.user, MANAGE)
        form = RegistryFileForm(request.POST, request.FILES) if request.method == "POST" else RegistryFileForm()
        sure = "sure" in request.POST
        context = {
            **self.admin_site.each_context(request),
            "form": form,
            "title": _("Registry as a table"),
            "columns": registry_file.COLUMNS,
            "sure": sure,
        }
        if request.method == "POST" and form.is_valid():
            text = form.cleaned_data["text"]
            try:
                report = registry_file.bring_in(request.user, text, dry_run=not sure)
                context |= {"report": report, "counts": self._counts(report), "text": text}
            except (NotAllowed, NotFound):
                raise
            except Refused as refused:
                form.add_error(None, str(refused))
        return TemplateResponse(request, "admin/coordinators/table.html", context, status=422 if form.errors else 200)

    @staticmethod
    def _counts(report):
        words = {"made": _("made"), "changed": _("changed"), "unchanged": _("unchanged"), "refused": _("refused")}
        tones = {"made": "good", "changed": "accent", "refused": "urgent"}
        for line in report:
            line.words, line.tone = words[line.became], tones.get(line.became, "")
        return [(words[name], report.count(name)) for name in words]

    def table_file(self, request):
        """POST: the whole registry as CSV. A list of helpers is a list to arrest: whoever takes it proves who they are."""
        require(request.user, MANAGE)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        require_fresh(request)
        # The mark tells spreadsheets that it is UTF-8.
        content = "\ufeff" + registry_file.export(request.user)
        response = HttpResponse(content, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="registry-{timezone.localdate():%Y-%m-%d}.csv"'
        return response
