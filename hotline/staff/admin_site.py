"""The workplace of coordinators, administrators and representatives: Django's own admin behind our log-in."""

from functools import partial

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from hotline.staff.permissions import NotAllowed, rights_of


class HouseAdminSite(admin.AdminSite):
    """Opens for everybody active who has a role or represents somebody; each page then asks for its own right."""

    site_header = site_title = _("Hotline")
    index_title = _("What waits for you")

    def register(self, model_or_iterable, admin_class=None, **options):
        """Pages that ask for our rights alone: those that libraries bring along do not exist here."""
        if hasattr(admin_class, "view_right"):
            super().register(model_or_iterable, admin_class, **options)

    def password_change(self, request, extra_context=None):
        """One's own password is changed on one's own page."""
        return HttpResponseRedirect(reverse("staff:password"))

    def get_urls(self):
        # Not above: the admin's site is made before the models are there.
        from hotline.staff.admin import data_protection

        return [
            path("counts/", self.admin_view(self.counts), name="counts"),
            path("data-protection/", self.admin_view(data_protection.page), name="data_protection"),
            path("data-protection/file/", self.admin_view(data_protection.file), name="data_protection_file"),
            *super().get_urls(),
        ]

    def has_permission(self, request):
        rights = rights_of(request)
        return rights.is_staff or rights.represents

    def login(self, request, extra_context=None):
        """Our own log-in page is the only one. Who is logged in and may not be here is told so (403)."""
        after = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index", current_app=self.name)
        if not request.user.is_authenticated:
            return redirect_to_login(after)
        if not self.has_permission(request):
            raise NotAllowed
        return HttpResponseRedirect(reverse("admin:index", current_app=self.name))

    def get_app_list(self, request, app_label=None):
        """What may be seen, by what somebody comes for (see admin/shelves.py); with `app_label` (str) as Django has it."""
        from hotline.staff.admin.shelves import arranged

        rooms = super().get_app_list(request, app_label)
        return (
            rooms if app_label else arranged(request, [one for room in rooms for one in room["models"]], self._registry)
        )

    def each_context(self, request):
        return super().each_context(request) | {"counts_topics": SimpleLazyObject(partial(self._topics, request))}

    def index(self, request, extra_context=None):
        """What waits, today's figures, and all lists below."""
        rows = [import_string(name)(request) for name in settings.TODAYS_FIGURES]
        return super().index(request, {"figures": [row for row in rows if row], **(extra_context or {})})

    def counts(self, request):
        """The numbers beside the lists' names: a fragment for htmx, which asks again when the doorbell rings."""
        return render(request, "admin/house/counts.html", {"app_list": self.get_app_list(request)})

    def _topics(self, request):
        """What rings when one of the numbers, cards or figures may have changed, str for `data-ring`."""
        shown = (one for one in self._registry.values() if hasattr(one, "topics") and one.has_view_permission(request))
        return " ".join(sorted({topic for one in shown for topic in one.topics(request)}))
