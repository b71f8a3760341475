"""Places for administrators: found by the operators' search, marked unreachable by a button, never edited by hand."""

from django.contrib import admin
from django.db.models import Case, Value, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coordinators.actions.places import INSIDE, add_place, add_spelling, set_reachability
from coordinators.forms.places import PlaceInsideForm, SpellingForm, UnreachableForm
from coordinators.models import Place
from coordinators.search.places import search_places
from hotline.staff.admin import shelves
from hotline.staff.admin.base import HouseModelAdmin, button

MANAGE = "coordinators.manage_registry"
FOUND_AT_MOST = 100
Reach = Place.Reachability


class CountryFilter(admin.SimpleListFilter):
    title = _("country")
    parameter_name = "country"

    def lookups(self, request, model_admin):
        countries = Place.objects.filter(kind=Place.Kind.COUNTRY)
        return sorted(((country.country, country.title()) for country in countries), key=lambda choice: choice[1])

    def queryset(self, request, queryset):
        return queryset.filter(country=self.value()) if self.value() else queryset


@admin.register(Place)
class PlaceAdmin(HouseModelAdmin):
    """The lists make and correct the places; what people add to them are marks, spellings and what no list has."""

    view_right = MANAGE
    list_display = ["shown", "kind", "population", "reachability", "reachability_note", "reachability_since"]
    list_filter = ["reachability", "kind", CountryFilter]
    list_select_related = ["parent__parent__parent__parent__parent"]
    shelf = shelves.HELPERS
    tones = {
        "reachability": {Reach.OPEN: "good", Reach.CUT: "waiting", Reach.EVACUATED: "waiting", Reach.OCCUPIED: "urgent"}
    }
    nothing_here = _("The lists of places are loaded once, by whoever runs the house.")
    sortable_by = ()
    ordering = ["-population", "pk"]
    search_fields = ["name"]
    search_help_text = _("Any spelling in any script, half typed or with a typo; after a comma what it lies in.")
    fieldsets = [
        (None, {"fields": ["shown", "kind", "inside", "population", "spellings"]}),
        (_("Reachability"), {"fields": ["reachability", "reachability_note", "reachability_since", "barrier"]}),
        (_("Elsewhere"), {"fields": ["geoname_id", "katottg", "latitude", "longitude"]}),
    ]
    readonly_fields = ["shown", "inside", "spellings", "barrier"]

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        found = [place.pk for place in search_places(search_term, limit=FOUND_AT_MOST)]
        rank = Case(*(When(pk=pk, then=Value(at)) for at, pk in enumerate(found)), default=Value(len(found)))
        return queryset.filter(pk__in=found).order_by(rank), False

    @admin.display(description=_("place"))
    def shown(self, place):
        return place.label()

    @admin.display(description=_("lies in"))
    def inside(self, place):
        return ", ".join(above.name_in() for above in place.ancestors()) or "–"

    @admin.display(description=_("found by"))
    def spellings(self, place):
        return ", ".join(place.spellings.order_by("name").values_list("name", flat=True))

    @admin.display(description=_("cannot be reached because of"), empty_value="–")
    def barrier(self, place):
        barrier = place.barrier()
        return f"{barrier.title()}: {barrier.get_reachability_display()}" if barrier else None

    @button(
        _("Cannot be reached"),
        right=MANAGE,
        form=UnreachableForm,
        words=_(
            "Operators are told, and nobody is asked who would have to go there. It holds for everything inside too."
        ),
        many=_("These cannot be reached"),
    )
    def mark_unreachable(self, request, place, said):
        set_reachability(request.user, place, said["state"], said["note"])
        return gettext("Marked: operators and matching know it from now on.")

    @button(
        _("Can be reached again"),
        right=MANAGE,
        when=lambda place: place.reachability != Place.Reachability.OPEN,
        many=_("These can be reached again"),
    )
    def mark_reachable(self, request, place):
        set_reachability(request.user, place, Place.Reachability.OPEN)
        return gettext("Marked as reachable again.")

    @button(_("Add a spelling"), right=MANAGE, form=SpellingForm)
    def spell(self, request, place, said):
        add_spelling(request.user, place, said["name"])
        return gettext("The place is found by this spelling too.")

    @button(_("Add a place inside"), right=MANAGE, when=lambda place: INSIDE[place.kind], form=PlaceInsideForm)
    def add_inside(self, request, place, said):
        added = add_place(request.user, place, said["kind"], said["name"])
        return gettext("%(place)s was added.") % {"place": added.label()}
