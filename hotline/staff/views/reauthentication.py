"""Is it really you? Asked before a dangerous step; afterwards it goes on where it stood."""

from allauth.account import views as allauth
from django.contrib.auth.decorators import login_required
from django.utils.decorators import method_decorator

from hotline.staff.forms.reauthentication import PasswordAgainForm
from hotline.staff.forms.waiting import told_to_wait


@method_decorator(login_required, name="dispatch")
class PasswordAgainView(allauth.ReauthenticateView):
    """By the password. Whoever has to wait is told how long."""

    form_class = PasswordAgainForm
    template_name = "staff/account/again.html"

    def get_form_class(self):
        return self.form_class

    def form_invalid(self, form):
        return told_to_wait(super().form_invalid(form), form)
