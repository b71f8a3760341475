"""One place on its way from a public list into the database."""

from dataclasses import dataclass, field

LANGUAGES = ("en", "de", "nb", "uk", "ru")
ROOT = "root"
ANYWHERE = {"en": "Anywhere", "de": "Überall", "nb": "Hvor som helst", "uk": "Будь-де", "ru": "Где угодно"}

ANYWHERE_TOO = ("Everywhere", "Egal wo", "Overalt", "Де завгодно", "Усюди", "Везде", "Всё равно где")


@dataclass(slots=True)
class Entry:
    """`code` names it within one list only; `parent` is the code of what it lies in, "" for the root.

    `twins` are further GeoNames numbers of the same settlement."""

    code: str
    parent: str
    kind: str
    name: str
    names: dict[str, str] = field(default_factory=dict)
    country: str = ""
    admin_code: str = ""
    geoname_id: int | None = None
    katottg: str = ""
    population: int = 0
    latitude: float | None = None
    longitude: float | None = None
    spellings: set[str] = field(default_factory=set)
    twins: list[int] = field(default_factory=list)
    near: str = ""

    def all_names(self) -> set[str]:
        """Every spelling it is to be found by, the shown names among them."""
        return {self.name, *self.names.values(), *self.spellings}

    def move_to(self, latitude: float, longitude: float) -> None:
        self.latitude, self.longitude = round(latitude, 4), round(longitude, 4)


def root() -> Entry:
    return Entry(ROOT, "", "root", ANYWHERE["en"], dict(ANYWHERE), spellings=set(ANYWHERE_TOO))
