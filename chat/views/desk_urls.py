"""Addresses of the chat desk, below /desk/chat/."""

from django.urls import path

from chat.views import desk, desk_talk

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("side/", desk.side, name="desk-side"),
    path("lines/<slug:slug>/mode/", desk.mode, name="desk-mode"),
    path("lines/<slug:slug>/number/", desk.number, name="desk-number"),
    path("lines/<slug:slug>/away/", desk.away, name="desk-away"),
    path("lines/<slug:slug>/next/", desk.take_next, name="desk-next"),
    path("lines/<slug:slug>/practice/", desk_talk.begin_practice, name="desk-practice"),
    path("<str:code>/take/", desk.take, name="desk-take"),
    path("<str:code>/end/", desk_talk.end, name="desk-end"),
    path("<str:code>/put-away/", desk_talk.put_away, name="desk-put-away"),
    path("<str:code>/", desk_talk.about, name="desk-about"),
]
