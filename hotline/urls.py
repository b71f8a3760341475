"""Every address of the house. Each room brings its own list; the roof says where it hangs."""

from django.contrib import admin
from django.urls import include, path

from hotline import guides, home
from hotline.health import healthz

handler400 = "hotline.lib.troubles.bad_request"
handler403 = "hotline.lib.troubles.forbidden"
handler404 = "hotline.lib.troubles.not_found"
handler500 = "hotline.lib.troubles.failed"

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", healthz, name="healthz"),
    path("admin/", admin.site.urls),
    path("telegram/", include("hotline.telegram.urls")),
    path("", include("hotline.staff.account_urls")),
    path("", include("hotline.staff.urls")),
    path("", include("hotline.dispatch.urls")),
    path("", include("coordinators.urls")),
    path("", include("chat.urls")),
    *(path(f"guides/{who}/", guides.Guide.as_view(who=who), name=f"guide-{who}") for who in guides.PICTURES),
]
