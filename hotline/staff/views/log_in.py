"""In and out."""

from django.contrib.auth.views import LoginView, LogoutView

from hotline.staff.forms.log_in import LogInForm


class LogInView(LoginView):
    """Django's, which checks `next`; whoever has to wait gets 429 and is told how long."""

    form_class = LogInForm
    redirect_authenticated_user = True

    def form_invalid(self, form):
        response = super().form_invalid(form)
        if form.wait:
            response.status_code = 429
            response.headers["Retry-After"] = str(form.wait)
        return response


class LogOutView(LogoutView):
    """By POST alone, so that no foreign page can do it with a picture."""
