"""Included at the root of the house as it is: the addresses are part of the contract."""

from django.urls import path

from hotline.staff.views import (
    account,
    alarms,
    calls,
    chats,
    emergency,
    invitations,
    language,
    own,
    rescue,
    rights,
    set_up,
    signed_calls,
)

app_name = "staff"

urlpatterns = [
    path("accounts/", account.account, name="account"),
    path("accounts/password/", account.password, name="password"),
    path("accounts/device/", account.name_device, name="name_device"),
    path("accounts/sessions/<uuid:session_id>/end/", account.end_session, name="end_session"),
    path("accounts/sessions/end/", account.end_other_sessions, name="end_other_sessions"),
    path("accounts/factors/<int:pk>/remove/", account.remove_factor, name="remove_factor"),
    path("accounts/set-up/app/", set_up.app, name="set_up_app"),
    path("accounts/set-up/passkey/", set_up.passkey, name="set_up_passkey"),
    path("accounts/set-up/codes/", set_up.recovery_codes, name="recovery_codes"),
    path("accounts/forgotten/", invitations.forgotten, name="forgotten"),
    path("accounts/new-password/<str:code>/", invitations.new_password, name="new_password"),
    path("accounts/help/", rescue.people, name="help"),
    path("accounts/help/<uuid:person_id>/code/", rescue.make_code, name="rescue_code"),
    path("invitation/", invitations.typed_code, name="typed_code"),
    path("invitation/<str:code>/", invitations.invitation, name="invitation"),
    path("i18n/setlang/", language.choose, name="set_language"),
    path("accounts/rights/", rights.mine, name="my_rights"),
    path("accounts/kept/", own.data, name="own_data"),
    path("accounts/kept/file/", own.file, name="own_data_file"),
    path("accounts/leave/", own.leave, name="leave"),
    path("alarms/", alarms.open_alarms, name="alarms"),
    path("alarms/<uuid:alarm_id>/see-to/", alarms.see_to, name="see_to_alarm"),
    path("alarms/call/<str:token>/", calls.call, name="call"),
    path("emergency/", emergency.emergency, name="emergency"),
    path("emergency/stop/", emergency.stop, name="freeze"),
    path("emergency/go-on/", emergency.go_on, name="thaw"),
    path("emergency/destroy/", emergency.destroy, name="destroy"),
    path("emergency/destroy/ask/", emergency.ask_to_destroy, name="ask_to_destroy"),
    path("emergency/destroy/<uuid:asked_id>/confirm/", emergency.confirm, name="confirm_destruction"),
    path("emergency/destroy/<uuid:asked_id>/withdraw/", emergency.withdraw, name="withdraw_destruction"),
    path("freeze/", signed_calls.call, name="signed_freeze"),
    path("accounts/reached/", chats.reached, name="reached"),
    path("accounts/reached/code/", chats.issue_code, name="chat_code"),
    path("accounts/reached/try/", chats.try_out, name="chat_trial"),
    path("accounts/reached/unlink/", chats.unlink, name="chat_unlink"),
    path("accounts/reached/first/", chats.choose_first, name="chat_first"),
]
