from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hotline.staff.actions import people, rights
from hotline.staff.admin import shelves
from hotline.staff.admin.accounts import AccountMixin, StateFilter
from hotline.staff.admin.base import HouseModelAdmin
from hotline.staff.admin.rights import RightsMixin, RoleFilter, TeamFilter
from hotline.staff.forms.person import NewPersonForm, PersonForm
from hotline.staff.models import User
from hotline.staff.reauthentication import require_fresh

ABOUT = ["username", "alias", "email", "language"]
RIGHTS = (_("Rights"), {"fields": ["roles", "works_in", "supervises"]})
STATE = ["account_state", "last_login_day"]
SPEAKS = (_("What they speak"), {"fields": ["spoken_languages"], "classes": ["collapse"]})


@admin.register(User)
class UserAdmin(AccountMixin, RightsMixin, HouseModelAdmin):
    form = PersonForm
    view_right = add_right = change_right = "staff.manage_people"
    adding = _("Invite somebody")
    shelf = shelves.PEOPLE
    list_display = ["alias", "username", "roles", "language", "account_state", "last_login_day"]
    list_filter = [RoleFilter, TeamFilter, StateFilter, "language"]
    search_fields = ["username", "alias"]
    search_help_text = _("Alias or user name, or the whole e-mail address, which is sealed and found as a whole only.")
    readonly_fields = [*STATE, "rights_page"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    def get_search_results(self, request, queryset, search_term):
        found, duplicates = super().get_search_results(request, queryset, search_term)
        return found | queryset.filter(pk__in=User.objects.by_email(search_term).values("pk")), duplicates

    def audit_subject(self, obj):
        return obj.alias

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return [(None, {"fields": ABOUT}), RIGHTS, SPEAKS]
        return [(None, {"fields": [*ABOUT, "rights_page"]}), (_("State"), {"fields": STATE}), SPEAKS]

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change, **({} if change else {"form": NewPersonForm}), **kwargs)

    def get_changeform_initial_data(self, request):
        """Most people speak what their administrator speaks."""
        return {"language": request.user.language, **super().get_changeform_initial_data(request)}

    def add_view(self, request, form_url="", extra_context=None):
        return super().add_view(request, form_url, {"saving": gettext("Invite"), **(extra_context or {})})

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST":
            require_fresh(request)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request, obj, form, change):
        people.save_account(request.user, obj)

    def save_related(self, request, form, formsets, change):
        if change:  # rights have a page of their own
            return
        wanted = {name: form.cleaned_data[name] for name in ("roles", "works_in", "supervises")}
        rights.give_rights(request.user, form.instance, **wanted)
