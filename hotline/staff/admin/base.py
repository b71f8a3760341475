"""What every admin page of the house has in common: our rights, buttons in place of editable states, one audit."""

from functools import partial, reduce
from operator import or_

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hotline.lib.errors import Refused
from hotline.staff.admin import bulk, lists
from hotline.staff.admin.buttons import any_of, button
from hotline.staff.admin.related import tell_what_is_lost, without_dead_links, without_side_doors
from hotline.staff.admin.shelves import MORE
from hotline.staff.permissions import NotAllowed, NotFound, require_somewhere, rights_of, visible
from hotline.staff.reauthentication import require_fresh
from hotline.staff.roles import RIGHTS

__all__ = ["HouseModelAdmin", "button"]


class HouseModelAdmin(admin.ModelAdmin):
    """A ModelAdmin that is denied unless its rights are granted; an empty right is granted to nobody.

    Set `view_right`, and `add_right`, `change_right`, `delete_right` where such pages exist; several in a tuple mean
    that one is enough. Rows are those that `visible()` shows. Buttons: methods with the decorator `button`.
    `shelf`: where it stands on the first page. `tones`: {field: {value: tone}} of what is shown as a state word.
    `nothing_here`: what an empty list says. `adding`: what the button says that makes a new row, and the heading of its
    page; needed with an `add_right`. See docs/look.md for the rest.
    """

    view_right = ""
    add_right = ""
    change_right = ""
    delete_right = ""
    shelf = MORE
    tones = {}
    nothing_here = _("When there is something, it stands here.")
    adding = ""
    empty_value_display = "–"
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    change_form_template = "admin/house/change_form.html"
    button_template = "admin/house/button.html"

    def _holds(self, request, right, obj=None):
        rights = rights_of(request)
        return any(rights.somewhere(one) if obj is None else rights.can(one, obj) for one in any_of(right))

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        return self._holds(request, self.view_right, obj)

    def has_add_permission(self, request):
        return self._holds(request, self.add_right)

    def has_change_permission(self, request, obj=None):
        return self._holds(request, self.change_right, obj)

    def has_delete_permission(self, request, obj=None):
        return self._holds(request, self.delete_right, obj)

    def get_queryset(self, request):
        everything, rights = super().get_queryset(request), rights_of(request)
        shown = [visible(rights, everything, one) for one in any_of(self.view_right)]
        return reduce(or_, shown, everything.none())

    def get_object(self, request, object_id, from_field=None):
        """The visible row. Else NotAllowed (403) for a colleague, NotFound (404) for a stranger; Django redirects."""
        obj = super().get_object(request, object_id, from_field)
        if obj is None:
            try:
                hidden = self.model._default_manager.filter(pk=object_id).first()
            except (ValidationError, ValueError):
                hidden = None
            rights = rights_of(request)
            raise NotAllowed if any(_knows(rights, one, hidden) for one in any_of(self.view_right)) else NotFound
        return obj

    def lookup_allowed(self, lookup, value, request=None):
        """Only what a filter of this list asks for. Django allows every field of the row, also those that no page shows:
        whoever types such a question into the address bar could guess their way through what is hidden."""
        filters = self.get_list_filter(request)
        if any(lookup == getattr(one, "parameter_name", None) for one in filters):
            return True
        fields = {one for one in (*filters, self.date_hierarchy) if isinstance(one, str)}
        asked = any(lookup == field or lookup.startswith(f"{field}__") for field in fields)
        return asked and super().lookup_allowed(lookup, value, request)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return without_side_doors(super().formfield_for_dbfield(db_field, request, **kwargs))

    # The list

    def waiting(self, request):
        """The rows (QuerySet) that wait for whoever looks; their number stands beside the list's name. None: it has none."""
        return None

    def topics(self, request):
        """Topics of the doorbell (list of str) at which that number may have changed."""
        return []

    def get_list_display(self, request):
        names = super().get_list_display(request)
        return [self._column(name) for name in names]

    def _column(self, name):
        """One and the same each time, since Django compares them."""
        kept = self.__dict__.setdefault("_columns", {})
        if name not in kept:
            kept.setdefault(name, lists.column(self, name))
        return kept[name]

    def get_actions(self, request):
        """Django's, without the one that deletes; and the buttons that are pressed for several rows at once."""
        found = super().get_actions(request)
        found.pop("delete_selected", None)
        if self.actions is None or IS_POPUP_VAR in request.GET:
            return found
        rights = rights_of(request)
        for one in self.get_buttons().values():
            if one.many and any(map(rights.somewhere, any_of(one.right))):
                found[one.name] = (partial(bulk.press_many, one), one.name, one.many)
        return found

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(
            request, {"title": capfirst(self.opts.verbose_name_plural), **(extra_context or {})}
        )

    # The audit is the only log; Django's own has no retention and would repeat names.

    def log_addition(self, request, obj, message):
        return None

    def log_change(self, request, obj, message):
        return None

    def log_deletions(self, request, queryset):
        return None

    def audit_subject(self, obj):
        """The code under which the audit knows `obj`, str; "" when it does not."""
        return str(getattr(obj, "code", "") or getattr(obj, "slug", ""))

    def history_view(self, request, object_id, extra_context=None):
        """What was done to it: the lines of the audit, for whoever may read them."""
        subject = self.audit_subject(self.get_object(request, unquote(object_id)))
        require_somewhere(request.user, "staff.view_audit")
        if not subject:
            raise Http404
        lines = reverse("admin:staff_auditentry_changelist", current_app=self.admin_site.name)
        return HttpResponseRedirect(f"{lines}?{urlencode({'q': subject})}")

    def timeline(self, request, obj):
        """What happened to it, in order (a list of hotline.staff.timeline.Moment); None: it has no such page."""
        return None

    # Buttons

    def get_buttons(self):
        """All buttons of this page, {name: Button}, in the order in which they are written."""
        found = {}
        for cls in reversed(type(self).__mro__):
            found |= {name: member.button for name, member in vars(cls).items() if hasattr(member, "button")}
        return found

    def get_urls(self):
        return [
            path(
                "<path:object_id>/do/<slug:name>/",
                self.admin_site.admin_view(self.button_view),
                name=f"{self.opts.app_label}_{self.opts.model_name}_button",
            ),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        obj = self.get_object(request, unquote(object_id))
        rights = rights_of(request)
        tell_what_is_lost(self, request, obj)
        context = {
            "title": capfirst(self.opts.verbose_name),
            "house_buttons": [one for one in self.get_buttons().values() if one.is_for(rights, obj)],
            "house_states": [column(obj) for column in map(self._column, self.tones)],
            "house_timeline": self.timeline(request, obj),
            "house_history": rights.somewhere("staff.view_audit") and self.audit_subject(obj),
        }
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def add_view(self, request, form_url="", extra_context=None):
        return super().add_view(request, form_url, {"title": self.adding, **(extra_context or {})})

    def next_step(self, obj):
        """What is to be done with a new row, said on its page: str, or HTML with a link."""
        return ""

    def response_add(self, request, obj, post_url_continue=None):
        """On to the page of the new row, where its buttons are."""
        if IS_POPUP_VAR in request.POST:
            return super().response_add(request, obj, post_url_continue)
        messages.success(request, format_html("{} {}", gettext("Saved."), self.next_step(obj)))
        page = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return self._back(request, reverse(page, args=[obj.pk], current_app=self.admin_site.name))

    def render_change_form(self, request, context, *args, **kwargs):
        without_dead_links(self, request, context["adminform"])
        return super().render_change_form(request, context, *args, **kwargs)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """As Django's; an action that refuses is shown in its words."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (NotAllowed, NotFound):
            raise
        except Refused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.get_full_path())

    def button_view(self, request, object_id, name):
        """Carries out a button: POST; GET shows the page of one that asks first, and changes nothing."""
        obj = self.get_object(request, unquote(object_id))
        chosen = self.get_buttons().get(name)
        if chosen is None:
            raise Http404
        if not chosen.is_allowed(rights_of(request), obj):
            raise NotAllowed
        if chosen.dangerous:
            require_fresh(request)
        form = (chosen.form or Form)(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            answer = self._press(request, obj, chosen, form)
            if answer is not None:
                return answer
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": obj,
            "button": chosen,
            "form": form,
            "preserved_filters": self.get_preserved_filters(request),
            "title": chosen.label,
            "subtitle": str(obj),
        }
        return TemplateResponse(request, self.button_template, context)

    def press(self, request, obj, chosen, form):
        """Do what the Button says, with what was said in its valid form. The words of success, or a response."""
        return getattr(self, chosen.name)(request, obj, *([form.cleaned_data] if chosen.form else []))

    def _press(self, request, obj, chosen, form):
        """The response; None when it was refused and the form is to be shown again, with what was typed."""
        try:
            done = self.press(request, obj, chosen, form)
            if isinstance(done, HttpResponseBase):
                return done
            messages.success(request, done)
        except (NotAllowed, NotFound):
            raise
        except Refused as refusal:
            if chosen.form:
                form.add_error(None, str(refusal))
                return None
            messages.error(request, str(refusal))
        still_there = self.get_queryset(request).filter(pk=obj.pk).exists()
        page, arguments = ("change", [obj.pk]) if still_there else ("changelist", [])
        address = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return self._back(request, reverse(address, args=arguments, current_app=self.admin_site.name))

    def _back(self, request, address):
        """To `address`, from which the way on leads to the list as it was searched and filtered."""
        kept = {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts}
        return HttpResponseRedirect(add_preserved_filters(kept, address))


def _knows(rights, right, hidden):
    """Whether a refusal may be told from "not there". Where the whole house is at stake it is the same for what does not
    exist (`hidden` None): else a colleague could find out which people and teams there are."""
    if RIGHTS[right].scope is None:
        return rights.is_staff and not rights.can(right)
    return hidden is not None and rights.knows(right, hidden)
