"""Addresses of the chat desk, below /desk/chat/."""

from django.urls import path

from chat.views import desk, desk_flags, desk_talk, desk_transfers, guidance, live_view, standard_messages

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("side/", desk.side, name="desk-side"),
    path("lines/<slug:slug>/mode/", desk.mode, name="desk-mode"),
    path("lines/<slug:slug>/number/", desk.number, name="desk-number"),
    path("lines/<slug:slug>/away/", desk.away, name="desk-away"),
    path("lines/<slug:slug>/next/", desk.take_next, name="desk-next"),
    path("lines/<slug:slug>/practice/", desk_talk.begin_practice, name="desk-practice"),
    path("lines/<slug:slug>/standard-messages/", standard_messages.offered, name="line-standard-messages"),
    path("lines/<slug:slug>/standard-messages/<str:code>/used/", standard_messages.used, name="standard-message-used"),
    path("standard-messages/", standard_messages.own, name="standard-messages"),
    path("standard-messages/new/", standard_messages.new, name="standard-message-new"),
    path("standard-messages/<str:code>/", standard_messages.edit, name="standard-message"),
    path("standard-messages/<str:code>/remove/", standard_messages.remove, name="standard-message-remove"),
    path("standard-messages/<str:code>/suggest/", standard_messages.suggest, name="standard-message-suggest"),
    path("live/", live_view.board, name="live-view"),
    path("live/calls/", guidance.calls, name="calls"),
    path("live/calls/<str:code>/answer/", guidance.answer, name="call-answer"),
    path("live/<str:code>/", live_view.one, name="live-view-one"),
    path("live/<str:code>/guide/", guidance.guide, name="live-view-guide"),
    path("live/<str:code>/step-in/", guidance.step_in, name="live-view-step-in"),
    path("live/<str:code>/take-over/", guidance.take_over, name="live-view-take-over"),
    path("live/<str:code>/open/", live_view.open_one, name="live-view-open"),
    path("live/<str:code>/close/", live_view.close_one, name="live-view-close"),
    path("transfers/<str:code>/accept/", desk_transfers.accept, name="transfer-accept"),
    path("transfers/<str:code>/decline/", desk_transfers.decline, name="transfer-decline"),
    path("transfers/<str:code>/withdraw/", desk_transfers.withdraw, name="transfer-withdraw"),
    path("<str:code>/pass-on/", desk_transfers.choose, name="desk-pass-on"),
    path("<str:code>/offer/", desk_transfers.offer, name="desk-offer"),
    path("<str:code>/flag/", desk_flags.flag, name="desk-flag"),
    path("<str:code>/help/", guidance.call, name="desk-help"),
    path("<str:code>/help/back/", guidance.take_back, name="desk-help-back"),
    path("<str:code>/take/", desk.take, name="desk-take"),
    path("<str:code>/end/", desk_talk.end, name="desk-end"),
    path("<str:code>/put-away/", desk_talk.put_away, name="desk-put-away"),
    path("<str:code>/", desk_talk.about, name="desk-about"),
]
