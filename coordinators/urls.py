"""Addresses of the registry for everybody: an organisation registers itself, and looks at how its registration stands."""

from django.urls import path

from coordinators.views import registrations

app_name = "coordinators"

urlpatterns = [
    path("join/", registrations.join, name="join"),
    path("join/places/", registrations.places, name="places"),
    path("join/state/", registrations.state, name="state"),
    path("join/state/withdraw/", registrations.withdraw, name="withdraw"),
    path("join/state/link/", registrations.link, name="link"),
]
