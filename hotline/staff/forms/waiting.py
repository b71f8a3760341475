"""Forms in which somebody could guess: whoever tries too often is told how long to wait."""

from django import forms
from django.utils.translation import ngettext_lazy


class WaitingForm(forms.Form):
    """`wait` are the seconds until the next try, 0 while there is none to wait for; the page then answers 429."""

    wait = 0

    def wait_if(self, seconds):
        """Refuse the form in words when there are `seconds` (int) to wait."""
        if seconds:
            self.wait = seconds
            raise forms.ValidationError(
                ngettext_lazy(
                    "Too many tries. Please wait %(seconds)d second, then try again.",
                    "Too many tries. Please wait %(seconds)d seconds, then try again.",
                    "seconds",
                ),
                code="wait",
                params={"seconds": seconds},
            )


def told_to_wait(response, form):
    """`response` to a refused `form`; 429 with Retry-After when the reason is that it was tried too often."""
    if form.wait:
        response.status_code = 429
        response.headers["Retry-After"] = str(form.wait)
    return response
