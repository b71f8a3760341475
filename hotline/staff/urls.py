"""Included at the root of the house as it is: the addresses are part of the contract."""

from django.urls import path

from hotline.staff.views import alarms, language, log_in

app_name = "staff"

urlpatterns = [
    path("accounts/login/", log_in.LogInView.as_view(), name="login"),
    path("accounts/logout/", log_in.LogOutView.as_view(), name="logout"),
    path("i18n/setlang/", language.choose, name="set_language"),
    path("alarms/", alarms.open_alarms, name="alarms"),
    path("alarms/<uuid:alarm_id>/see-to/", alarms.see_to, name="see_to_alarm"),
]
