from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hotline.staff.actions import people, rights
from hotline.staff.admin import shelves
from hotline.staff.admin.base import HouseModelAdmin, button
from hotline.staff.admin.rights import RightsMixin, RoleFilter, TeamFilter
from hotline.staff.forms.person import NewPersonForm, PasswordForm, PersonForm
from hotline.staff.models import User
from hotline.staff.reauthentication import require_fresh

ABOUT = ["username", "alias", "email", "language"]
RIGHTS = (_("Rights"), {"fields": ["roles", "works_in", "supervises"]})
STATE = ["is_active", "last_login_day", "left_on"]
SPEAKS = (_("What they speak"), {"fields": ["spoken_languages"], "classes": ["collapse"]})


@admin.register(User)
class UserAdmin(RightsMixin, HouseModelAdmin):
    form = PersonForm
    view_right = add_right = change_right = "staff.manage_people"
    shelf = shelves.PEOPLE
    list_display = ["alias", "username", "roles", "language", "is_active", "last_login_day"]
    list_filter = [RoleFilter, TeamFilter, "is_active", "language"]
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
            return [(None, {"fields": [*ABOUT, "password"]}), RIGHTS, SPEAKS]
        return [(None, {"fields": [*ABOUT, "rights_page"]}), (_("State"), {"fields": STATE}), SPEAKS]

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change, **({} if change else {"form": NewPersonForm}), **kwargs)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST":
            require_fresh(request)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request, obj, form, change):
        people.save_account(request.user, obj, password=None if change else form.cleaned_data["password"])

    def save_related(self, request, form, formsets, change):
        if change:  # rights have a page of their own
            return
        wanted = {name: form.cleaned_data[name] for name in ("roles", "works_in", "supervises")}
        rights.give_rights(request.user, form.instance, **wanted)

    @button(_("New password"), right="staff.manage_people", form=PasswordForm, dangerous=True)
    def new_password(self, request, person, said):
        people.set_password(request.user, person, said["password"])
        return gettext("The new password holds from now on.")

    @button(_("Disable"), right="staff.manage_people", when=lambda person: person.is_active, dangerous=True)
    def disable(self, request, person):
        people.disable(request.user, person)
        return gettext("The account is closed. It is forgotten when its time is up.")

    @button(_("Enable"), right="staff.manage_people", when=lambda person: not person.is_active, dangerous=True)
    def enable(self, request, person):
        people.enable(request.user, person)
        return gettext("The account is open again.")
