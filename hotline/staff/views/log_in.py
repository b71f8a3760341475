"""In and out."""

from allauth.account import views as allauth

from hotline.staff.forms.log_in import LogInForm
from hotline.staff.forms.waiting import told_to_wait
from hotline.staff.sessions import ENDED


class LogInView(allauth.LoginView):
    """The library's, which checks `next` and asks for the second factor; whoever has to wait is told how long."""

    form_class = LogInForm
    template_name = "staff/account/log_in.html"

    def get_form_class(self):
        return self.form_class

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "ended": self.request.session.get(ENDED)}

    def form_invalid(self, form):
        return told_to_wait(super().form_invalid(form), form)


class LogOutView(allauth.LogoutView):
    """By POST alone, so that no foreign page can do it with a picture; also out of a log-in that is half done."""

    http_method_names = ["post"]
