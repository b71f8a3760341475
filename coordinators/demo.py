"""The demo's registry: kinds of help, places, and local coordinators whose phones are on the simulator's page."""

from django.conf import settings
from guardian.shortcuts import assign_perm

from coordinators.actions.place_register import load_file
from coordinators.loading import load_categories, load_directory
from coordinators.models import Category, Coverage, Endpoint, Level, LocalCoordinator, Place
from hotline.staff.models import User
from hotline.telegram.simulator.people import add_person
from hotline.telegram.simulator.server import USERNAME
from hotline.telegram.simulator.store import Store
from hotline.telegram.simulator.world import World

# GeoNames ids.
KHARKIV, KYIV, IRPIN, LVIV, BERLIN, OSLO = 706483, 703448, 707565, 702550, 2950159, 3143244
# Name (also of the phone), language of the phone, languages spoken, coverage as (kind, GeoNames id, steps up), checked for.
COORDINATORS = [
    (
        "Neighbours' circle",
        "en",
        ["uk", "ru", "en"],
        [("accommodation", KHARKIV, 0), ("translation", KHARKIV, 0)],
        ["any"],
    ),
    ("Beds for tonight", "uk", ["uk", "ru"], [("accommodation", KHARKIV, 1)], ["accommodation"]),
    ("Words across", "de", ["uk", "ru", "de", "en"], [("translation", KHARKIV, 1), ("translation", BERLIN, 0)], []),
    ("Alice", "en", ["uk", "en"], [("medicine", KHARKIV, 0), ("medical-care", KHARKIV, 0)], []),
    ("Pharmacy line", "ru", ["uk", "ru"], [("medicine", KHARKIV, 1)], []),
    (
        "Convoy",
        "uk",
        ["uk", "ru"],
        [("evacuation", KHARKIV, 1), ("transport", KHARKIV, 1)],
        ["evacuation", "transport"],
    ),
    # Kyiv lies directly below the country; the towns around it are a region of their own.
    (
        "Kyiv wheels",
        "uk",
        ["uk", "ru"],
        [("evacuation", IRPIN, 2), ("transport", IRPIN, 2)],
        ["evacuation", "transport"],
    ),
    ("Food store", "uk", ["uk", "ru", "en"], [("food", KYIV, 0), ("water-hygiene", KYIV, 0), ("baby", KYIV, 0)], []),
    ("Lviv station", "en", ["uk", "pl", "en"], [("any", LVIV, 0)], ["any"]),
    ("Law desk", "de", ["de", "uk", "en"], [("legal", BERLIN, 0), ("documents", BERLIN, 0)], []),
    ("Oslo welcome", "nb", ["nb", "en", "uk"], [("any", OSLO, 0)], ["any"]),
]


def load_registry(demo):
    """Kinds of help, places, and where else to turn."""
    load_categories()
    load_file(None)
    load_directory()


def load_coordinators(demo):
    """The local coordinators that are missing, each with a phone in the simulator; Alice and Ada may act for some."""
    phones = _phones() if settings.SIMULATOR else {}
    for name, language, languages, coverage, checked_for in COORDINATORS:
        local_coordinator = next((one for one in LocalCoordinator.objects.all() if one.name == name), None)
        if local_coordinator is None:
            local_coordinator = LocalCoordinator.objects.create(
                name=name,
                languages=languages,
                state=LocalCoordinator.State.ACTIVE,
                level=Level.TRUSTED,
                base=_place(coverage[0][1]),
            )
            local_coordinator.checked_for.set(Category.objects.filter(slug__in=checked_for))
            for slug, geoname_id, steps in coverage:
                _cover(local_coordinator, slug, geoname_id, steps)
        if name in phones and not local_coordinator.endpoints.exists():
            Endpoint.objects.create(local_coordinator=local_coordinator, address=str(phones[name]), language=language)
        if name == "Law desk" and not local_coordinator.endpoints.filter(channel=Endpoint.Channel.EMAIL).exists():
            # What the phone does not take comes here; the demo prints letters instead of sending them.
            Endpoint.objects.create(
                local_coordinator=local_coordinator,
                channel=Endpoint.Channel.EMAIL,
                address="law-desk@example.org",
                language=language,
                position=1,
            )
        if name == "Alice":
            assign_perm("represent", User.objects.get(username="alice"), local_coordinator)
    demo.note(f"The phones of the demo's coordinators: {settings.BASE_URL}/simulator/")


def _place(geoname_id):
    return Place.objects.of_geoname(geoname_id).first()


def _cover(local_coordinator, slug, geoname_id, steps):
    category, place = Category.objects.filter(slug=slug).first(), _place(geoname_id)
    for _step in range(steps if place else 0):
        place = place.parent
    if category and place:
        Coverage.objects.get_or_create(local_coordinator=local_coordinator, category=category, place=place)


def _phones():
    """{name: chat id} of the simulator's phones, made where they are missing. Only while no server runs on the file."""
    bot_id = int(settings.TELEGRAM_BOT_TOKEN.partition(":")[0])
    world = World(bot_id, USERNAME)
    store = Store(world, settings.SIMULATOR_STATE)
    known = {person.name: person.id for person in world.people.values()}
    for name, language, *_rest in COORDINATORS:
        if name not in known:
            known[name] = add_person(world, name, language=language, started=True).id
    store.write()
    return known
