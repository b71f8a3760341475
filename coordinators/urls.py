"""Addresses of the registry for everybody: an organisation registers itself, looks at how that stands, confirms a mailbox."""

from django.urls import path

from coordinators.views import mailbox, registrations

app_name = "coordinators"

urlpatterns = [
    path("join/", registrations.join, name="join"),
    path("join/places/", registrations.places, name="places"),
    path("join/state/", registrations.state, name="state"),
    path("join/state/withdraw/", registrations.withdraw, name="withdraw"),
    path("join/state/link/", registrations.link, name="link"),
    path("mailbox/<str:code>/", mailbox.mailbox, name="mailbox"),
]
