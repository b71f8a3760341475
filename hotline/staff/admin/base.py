"""What every admin page of the house has in common: our rights, buttons in place of editable states, one audit."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path, reverse

from hotline.lib.errors import Refused
from hotline.staff.permissions import NotAllowed, NotFound, rights_of, visible
from hotline.staff.reauthentication import require_fresh


def any_of(right):
    """The rights named by `right`, a str or several of them, each of which is enough; none for an empty one."""
    return (right,) if isinstance(right, str) and right else tuple(right)


@dataclass(frozen=True)
class Button:
    """A state change offered on an object's page; made by the decorator `button`."""

    name: str
    label: str
    right: str | tuple
    when: object
    form: type | None
    dangerous: bool

    def is_allowed(self, rights, obj):
        return any(rights.can(right, obj) for right in any_of(self.right))

    def is_for(self, rights, obj):
        return (self.when is None or self.when(obj)) and self.is_allowed(rights, obj)


def button(label, *, right, when=None, form=None, dangerous=False):
    """Turns a method of a HouseModelAdmin into a button on the object's page.

    label: lazy str. right: the right (or several, one is enough) that must be held for the object. when: function of
    the object, bool: whether the button makes sense in its state. form: a Form class for what must be said with it,
    asked for on a page of its own. dangerous: whoever presses it proves first that it is they, unless they did so just
    now; what was typed waits meanwhile. The method is called as `method(request, obj)`, or with a form as
    `method(request, obj, cleaned_data)`; it calls an action and returns the words of success, or a response of its own.
    Refused is shown.
    """

    def mark(method):
        method.button = Button(method.__name__, label, right, when, form, dangerous)
        return method

    return mark


class HouseModelAdmin(admin.ModelAdmin):
    """A ModelAdmin that is denied unless its rights are granted; an empty right is granted to nobody.

    Set `view_right`, and `add_right`, `change_right`, `delete_right` where such pages exist; several in a tuple mean
    that one is enough. Rows are those that `visible()` shows. Buttons: methods with the decorator `button`.
    """

    view_right = ""
    add_right = ""
    change_right = ""
    delete_right = ""
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
            knows = hidden and any(rights_of(request).knows(one, hidden) for one in any_of(self.view_right))
            raise NotAllowed if knows else NotFound
        return obj

    # The audit is the only log; Django's own has no retention and would repeat names.

    def log_addition(self, request, obj, message):
        return None

    def log_change(self, request, obj, message):
        return None

    def log_deletions(self, request, queryset):
        return None

    def history_view(self, request, object_id, extra_context=None):
        raise Http404

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
        buttons = [one for one in self.get_buttons().values() if one.is_for(rights, obj)]
        return super().change_view(request, object_id, form_url, {"house_buttons": buttons, **(extra_context or {})})

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
        """Carries out a button: POST; GET shows the page of one that has a form, and changes nothing."""
        obj = self.get_object(request, unquote(object_id))
        chosen = self.get_buttons().get(name)
        if chosen is None:
            raise Http404
        if not chosen.is_allowed(rights_of(request), obj):
            raise NotAllowed
        if chosen.form is None and request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if chosen.dangerous:
            require_fresh(request)
        if chosen.form is None:
            return self._press(request, obj, name)
        form = chosen.form(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            answer = self._press(request, obj, name, form)
            if answer is not None:
                return answer
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": obj,
            "button": chosen,
            "form": form,
            "title": chosen.label,
            "subtitle": str(obj),
        }
        return TemplateResponse(request, self.button_template, context)

    def _press(self, request, obj, name, form=None):
        """The response; None when it was refused and the form is to be shown again, with what was typed."""
        try:
            done = getattr(self, name)(request, obj, *([form.cleaned_data] if form else []))
            if isinstance(done, HttpResponseBase):
                return done
            messages.success(request, done)
        except (NotAllowed, NotFound):
            raise
        except Refused as refusal:
            if form:
                form.add_error(None, str(refusal))
                return None
            messages.error(request, str(refusal))
        still_there = self.get_queryset(request).filter(pk=obj.pk).exists()
        page, arguments = ("change", [obj.pk]) if still_there else ("changelist", [])
        address = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return HttpResponseRedirect(reverse(address, args=arguments, current_app=self.admin_site.name))
