"""Log-in and all that belongs to an account, under the names by which django-allauth looks for its pages.

Included at the root of the house as it is: the addresses are part of the contract. What is not named here does not
exist: no sign-up, no pages for e-mail addresses.
"""

from django.urls import path

from hotline.staff.views import log_in, reauthentication

urlpatterns = [
    path("accounts/login/", log_in.LogInView.as_view(), name="account_login"),
    path("accounts/logout/", log_in.LogOutView.as_view(), name="account_logout"),
    path("accounts/again/", reauthentication.PasswordAgainView.as_view(), name="account_reauthenticate"),
]
