"""Steps of a log-in that are ours. Until the last one is done nobody is logged in: there is no half of a person."""

from allauth.account.stages import LoginStage
from django.http import HttpResponseRedirect
from django.urls import reverse

from hotline.staff.actions.factors import must_set_up

# In the state of a log-in: a code that a colleague made took the place of the second factor.
RESCUED = "rescued"


class SetUpStage(LoginStage):
    """A second factor is set up, because there is none and one is asked for, or because the old ones are lost."""

    key = "set_up"
    urlname = "account_set_up"

    def handle(self):
        if self.rescued or must_set_up(self.login.user):
            return HttpResponseRedirect(reverse(self.urlname)), True
        return None, True

    @property
    def rescued(self):
        """Whether what is set up takes the place of what was lost. bool."""
        return bool(self.login.state.get(RESCUED))
