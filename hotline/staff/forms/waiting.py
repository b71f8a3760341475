"""Forms in which somebody could guess: whoever tries too often is told how long to wait."""

from django import forms

from hotline.lib.throttle import TooOften


class WaitingForm(forms.Form):
    """`wait` are the seconds until the next try, 0 while there is none to wait for; the page then answers 429."""

    wait = 0

    def wait_if(self, seconds):
        """Refuse the form in words when there are `seconds` (int) to wait."""
        if seconds:
            self.wait = seconds
            raise forms.ValidationError(str(TooOften(seconds)), code="wait")


def told_to_wait(response, form):
    """`response` to a refused `form`; 429 with Retry-After when the reason is that it was tried too often."""
    if form.wait:
        response.status_code = 429
        response.headers["Retry-After"] = str(form.wait)
    return response
