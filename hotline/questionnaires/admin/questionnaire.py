from django.contrib import admin
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from hotline.questionnaires.actions.questionnaires import MANAGE, save_questionnaire, save_questions
from hotline.questionnaires.forms.questions import QuestionForm, QuestionnaireForm
from hotline.questionnaires.models import Question, Questionnaire
from hotline.staff.admin import lists, shelves
from hotline.staff.admin.base import HouseModelAdmin
from hotline.staff.permissions import rights_of


class QuestionInline(admin.StackedInline):
    model = Question
    form = QuestionForm
    extra = 0
    ordering = ["position", "id"]
    fields = [
        ("key", "kind", "position"), "label", "help", ("required", "public"), "choices", ("minimum", "maximum"),
    ]  # fmt: skip

    def _may(self, request, obj=None):
        return rights_of(request).can(MANAGE)

    has_view_permission = has_add_permission = has_change_permission = has_delete_permission = _may


@admin.register(Questionnaire)
class QuestionnaireAdmin(HouseModelAdmin):
    """None is deleted: kinds of help, lines and stored answers point to them."""

    view_right = add_right = change_right = MANAGE
    adding = _("Make a questionnaire")
    form = QuestionnaireForm
    inlines = [QuestionInline]
    list_display = ["__str__", "slug", "question_count", "public_count"]
    shelf = shelves.LINES
    nothing_here = _(
        "What operators and visitors are asked is written here, and then chosen for a kind of help or a line."
    )
    search_fields = ["slug"]
    search_help_text = _("Short name, or the name in any language.")
    ordering = ["slug"]

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .annotate(asked=Count("questions"), told=Count("questions", filter=Q(questions__public=True)))
        )

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []

    def get_search_results(self, request, queryset, search_term):
        return lists.among_shown(queryset, search_term, lambda one: (one.slug, *one.names.values())), False

    def save_model(self, request, obj, form, change):
        save_questionnaire(request.user, obj)

    def save_formset(self, request, form, formset, change):
        changed = formset.save(commit=False)
        save_questions(request.user, form.instance, changed, formset.deleted_objects)

    @admin.display(description=_("questions"), ordering="asked")
    def question_count(self, questionnaire):
        return questionnaire.asked

    @admin.display(description=_("of these public"), ordering="told")
    def public_count(self, questionnaire):
        return questionnaire.told
