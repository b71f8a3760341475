"""A stock admin that uses every widget with a script of its own: dates, two lists, search, pre-filled codes, actions."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime, AutocompleteSelect, FilteredSelectMultiple
from django.contrib.auth.models import Permission

from hotline.staff.models import Alarm, Team


class GallerySite(admin.AdminSite):
    """Open to whoever is logged in."""

    def has_permission(self, request):
        return request.user.is_authenticated


site = GallerySite(name="gallery")


class WidgetsForm(forms.ModelForm):
    when = forms.SplitDateTimeField(widget=AdminSplitDateTime)
    rights = forms.ModelMultipleChoiceField(
        Permission.objects.order_by("codename"), widget=FilteredSelectMultiple("rights", is_stacked=False)
    )
    sister = forms.ModelChoiceField(Team.objects, widget=AutocompleteSelect(Alarm._meta.get_field("team"), site))

    class Meta:
        model = Team
        fields = ["name", "code", "takes_requests"]


class AlarmForm(forms.ModelForm):
    kind_of = forms.CharField(required=False)
    loud = forms.BooleanField(required=False)


class Open:
    """Everything is allowed."""

    def has_module_permission(self, request):
        return True

    def has_view_permission(self, request, obj=None):
        return True

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


class AlarmInline(Open, admin.TabularInline):
    model = Alarm
    form = AlarmForm
    fields = ["kind_of", "loud"]
    extra = 1


class Everything(Open, admin.ModelAdmin):
    form = WidgetsForm
    inlines = [AlarmInline]
    prepopulated_fields = {"code": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "code", "takes_requests", "when", "sister"]}),
        ("More", {"fields": ["rights"], "classes": ["collapse"]}),
    ]
    list_display = ["name", "code", "takes_requests", "created_at"]
    list_filter = ["takes_requests", "created_at"]
    date_hierarchy = "created_at"
    search_fields = ["name"]
    ordering = ["name"]


site.register(Team, Everything)
