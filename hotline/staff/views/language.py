"""The choice of language: kept in the account, or in a cookie for whoever has none."""

from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from hotline.staff.actions.people import choose_language
from hotline.staff.forms.language import LanguageForm


@require_POST
def choose(request):
    """POST: language, next. Goes back to `next` when it is ours; an unknown language changes nothing."""
    form = LanguageForm(request.POST)
    if form.is_valid() and request.user.is_authenticated:
        choose_language(request.user, form.cleaned_data["language"])
    return set_language(request)
