"""Log-in and all that belongs to an account, under the names by which django-allauth looks for its pages.

Included at the root of the house as it is: the addresses are part of the contract. What is not named here does not
exist: no sign-up, no pages for e-mail addresses.
"""

from django.urls import path

from hotline.staff.views import log_in, reauthentication, second_step, set_up

urlpatterns = [
    path("accounts/login/", log_in.LogInView.as_view(), name="account_login"),
    path("accounts/logout/", log_in.LogOutView.as_view(), name="account_logout"),
    path("accounts/again/", reauthentication.PasswordAgainView.as_view(), name="account_reauthenticate"),
    path("accounts/again/code/", second_step.CodeAgainView.as_view(), name="mfa_reauthenticate"),
    path("accounts/again/passkey/", second_step.PasskeyAgainView.as_view(), name="mfa_reauthenticate_webauthn"),
    path("accounts/second-step/", second_step.SecondStepView.as_view(), name="mfa_authenticate"),
    path("accounts/passkey/", second_step.PasskeyLogInView.as_view(), name="mfa_login_webauthn"),
    path("accounts/set-up/", set_up.choose, name="account_set_up"),
]
