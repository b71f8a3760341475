from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coordinators.actions.categories import MANAGE, save_category
from coordinators.forms.categories import CategoryForm
from coordinators.models import Category, CategoryTree, Urgency
from coordinators.models.category import BY_URGENCY, INHERITED
from coordinators.search.categories import search_categories
from hotline.lib.languages import LANGUAGES, localized
from hotline.staff.admin import lists, shelves
from hotline.staff.admin.base import HouseModelAdmin

WHEN_CALLED = ["danger", "questionnaire", "questions", "default_urgency"]
WHO_IS_ASKED = [
    "needs_checked",
    "needs_language",
    "ring_back",
    "still_needed_hours",
    "wave_minutes",
    "wave_size",
    "contact_hours",
]


class TreeChangeList(ChangeList):
    """Rows in the tree's order; each knows the tree, so that what it takes from above costs no further query."""

    def get_ordering(self, request, queryset):
        return ["tree_ordering"]

    def get_results(self, request):
        super().get_results(request)
        tree = CategoryTree.current()
        for row in self.result_list:
            row.tree = tree


class CheckedFilter(admin.SimpleListFilter):
    """By what counts, whether it is said here or above."""

    title = _("checked coordinators only")
    parameter_name = "checked"

    def lookups(self, request, model_admin):
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request, queryset):
        if self.value() not in ("yes", "no"):
            return queryset
        tree, wanted = CategoryTree.current(), self.value() == "yes"
        return queryset.filter(
            pk__in=[pk for pk, one in tree.by_id.items() if bool(tree.effective(one, "needs_checked")) == wanted]
        )


@admin.register(Category)
class CategoryAdmin(HouseModelAdmin):
    """None is deleted: requests and coverage point to them. What is no longer wanted is switched off."""

    view_right = add_right = change_right = MANAGE
    adding = _("Add a kind of help")
    form = CategoryForm
    list_display = ["indented", "slug", "cluster", "checked", "urgency", "in_use", "missing"]
    list_filter = ["cluster", CheckedFilter, "active"]
    shelf = shelves.HELPERS
    nothing_here = _("What callers may need. Begin with the most general kind.")
    search_fields = ["slug"]
    search_help_text = _("What a caller would say, in any language of the house.")
    sortable_by = ()
    list_per_page = 200
    readonly_fields = ["what_counts", "questions"]
    fieldsets = [
        (None, {"fields": ["names", "keywords", "slug", "parent", "position", "cluster", "active"]}),
        (_("When somebody calls"), {"fields": WHEN_CALLED}),
        (_("Who is asked"), {"fields": WHO_IS_ASKED}),
        (
            _("What counts now"),
            {"fields": ["what_counts"], "description": _("With what is taken from the kinds above.")},
        ),
    ]

    class Media:
        css = {"all": ["css/boxes.css"]}

    def get_changelist(self, request, **kwargs):
        return TreeChangeList

    def get_queryset(self, request):
        return super().get_queryset(request).with_tree_fields()

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, *(["slug"] if obj else [])]

    def get_search_results(self, request, queryset, search_term):
        if search_term:
            found = search_categories(search_term, limit=50, everything=True)
            queryset = queryset.filter(pk__in=[one.pk for one in found])
        return queryset, False

    def save_model(self, request, obj, form, change):
        save_category(request.user, obj, form.changed_data)

    @admin.display(description=_("kind of help"))
    def indented(self, category):
        return format_html('<span class="depth depth-{}">{}</span>', category.tree_depth, category.label())

    @admin.display(description=_("only checked"))
    def checked(self, category):
        return lists.yes_no(category.tree.effective(category, "needs_checked"))

    @admin.display(description=_("usual urgency"))
    def urgency(self, category):
        return Urgency(category.tree.effective(category, "default_urgency") or Urgency.TODAY).label

    @admin.display(description=_("state"))
    def in_use(self, category):
        return lists.tag(_("in use"), "good") if category.tree.in_use(category.pk) else lists.tag(_("switched off"))

    @admin.display(description=_("no name in"), empty_value="–")
    def missing(self, category):
        return ", ".join(own for code, own in LANGUAGES if not category.names.get(code)) or None

    @admin.display(description=_("What is asked"), empty_value="–")
    def questions(self, category):
        questionnaire = category.effective("questionnaire") if category.pk else None
        if questionnaire is None:
            return None
        listed = format_html_join(
            "",
            "<li>{} – {}, {}</li>",
            (
                (one.text(), one.get_kind_display(), gettext("public") if one.public else gettext("sealed"))
                for one in questionnaire.questions.all()
            ),
        )
        address = reverse("admin:questionnaires_questionnaire_change", args=[questionnaire.pk])
        return format_html('<ol>{}</ol><a href="{}">{}</a>', listed, address, gettext("Edit these questions"))

    @admin.display(description=_("What counts"), empty_value="–")
    def what_counts(self, category):
        if not category.pk:
            return None
        lines = ((Category._meta.get_field(name).verbose_name, self._shown(category, name)) for name in INHERITED)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {}</li>", lines))

    def _shown(self, category, name):
        value = category.effective(name)
        if name in BY_URGENCY:
            return ", ".join(f"{Urgency(key).label} {number}" for key, number in (value or {}).items())
        if name == "danger":
            return localized(value)
        if isinstance(value, bool):
            return gettext("Yes") if value else gettext("No")
        field = Category._meta.get_field(name)
        return dict(field.choices).get(value, value) if field.choices else value
