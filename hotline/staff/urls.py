"""Included at the root of the house as it is: the addresses are part of the contract."""

from django.urls import path

from hotline.staff.views import alarms, calls, chats, language, rights

app_name = "staff"

urlpatterns = [
    path("i18n/setlang/", language.choose, name="set_language"),
    path("accounts/rights/", rights.mine, name="my_rights"),
    path("alarms/", alarms.open_alarms, name="alarms"),
    path("alarms/<uuid:alarm_id>/see-to/", alarms.see_to, name="see_to_alarm"),
    path("alarms/call/<str:token>/", calls.call, name="call"),
    path("accounts/reached/", chats.reached, name="reached"),
    path("accounts/reached/code/", chats.issue_code, name="chat_code"),
    path("accounts/reached/try/", chats.try_out, name="chat_trial"),
    path("accounts/reached/unlink/", chats.unlink, name="chat_unlink"),
    path("accounts/reached/first/", chats.choose_first, name="chat_first"),
]
