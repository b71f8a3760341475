"""Included at the root of the house as it is: the addresses are part of the contract."""

from django.urls import path

from hotline.staff.views import alarms, language, rights

app_name = "staff"

urlpatterns = [
    path("i18n/setlang/", language.choose, name="set_language"),
    path("accounts/rights/", rights.mine, name="my_rights"),
    path("alarms/", alarms.open_alarms, name="alarms"),
    path("alarms/<uuid:alarm_id>/see-to/", alarms.see_to, name="see_to_alarm"),
]
