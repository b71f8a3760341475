"""Ukraine's settlements in the codifier and in GeoNames: which are the same.

Both name the oblast, but only the codifier the raion and hromada, and only GeoNames the position. So what stands once
in its oblast is matched by name; those anchors tell where each hromada lies; that decides between villages of one name.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from coordinators.writing import script
from hotline.lib.folding import fold, plain

from . import katottg
from .entry import Entry
from .geonames import table

CITIES = {"12": "UA80", "20": "UA85"}  # GeoNames' codes of Kyiv and Sevastopol, which have no oblast above them
AREAS = {"UA85": "UA01"}  # the codifier has the villages around Sevastopol in Crimea, GeoNames has them in the city
HROMADA_KM = 30.0  # how far from the middle of its hromada a settlement of the right name may lie
DISTRICT_KM = 60.0  # from the middle of its raion, where nothing else of its hromada is known
ALONE_KM = 120.0  # from the middle of its raion, when its name stands once in the oblast
TWIN_KM = 3.0  # how far apart GeoNames has the same settlement twice
TWIN_OF_ONE_SIZE_KM = 15.0  # and when both have the very same number of people
KM_PER_DEGREE = 111.2
SIZE = {katottg.CITY_STATE: 0, katottg.TOWN: 0, katottg.SMALL_TOWN: 1, katottg.VILLAGE: 2, katottg.QUARTER: 3}
TOWN_OF = 5000  # from this many people on, a town is likelier than a village of its name
_DISTRICT_WORDS = (" район", " raion", " rayon", " district")


@dataclass
class Merge:
    """The pairs found, by the id of the codifier; how many were found in which way; and what only GeoNames has."""

    pairs: dict[str, Entry] = field(default_factory=dict)
    ways: Counter = field(default_factory=Counter)
    rest: list[Entry] = field(default_factory=list)


class Matching:
    """Matches GeoNames' Ukrainian settlements with the codifier's; each of either ends in one pair at most."""

    def __init__(self, cities: list[Entry]):
        self.open = sorted(cities, key=lambda city: (-city.population, city.geoname_id))
        self.merge = Merge()
        oblasts = {row["admin_code"]: row["katottg"] for row in table("places-regions.csv") if row["country"] == "UA"}
        self.oblast = oblasts | CITIES
        self.by_plain = defaultdict(list)
        self.by_fold = defaultdict(list)
        self.rows = {}
        for row in katottg.rows():
            if row.category in katottg.SETTLEMENTS or row.category == katottg.QUARTER:
                self.rows[row.id] = row
                self.by_plain[area(row.id), plain(row.name)].append(row)
                self.by_fold[area(row.id), fold(row.name)].append(row)

    def run(self) -> Merge:
        self._anchors()
        self._by_position("nearest of its name", self._likely, 1)
        self._by_position("nearest of an older name", self._any, 1)
        self._by_position("nearest of its name, farther", self._likely, 1.5)
        self._twins()
        self.merge.rest = self.open
        return self.merge

    def _likely(self, city):
        """Settlements of the oblast that bear the city's present name, in Cyrillic letters or by sound."""
        oblast = area(self.oblast.get(city.admin_code, ""))
        found = {row.id: row for row in self.by_fold[oblast, fold(bare(city.name))]}
        for spelling in city.spellings:
            if script(spelling) == "CYRILLIC":
                found.update((row.id, row) for row in self.by_plain[oblast, plain(bare(spelling))])
        return [row for row in found.values() if row.id not in self.merge.pairs]

    def _any(self, city):
        """Those too that sound like any of its spellings."""
        oblast = area(self.oblast.get(city.admin_code, ""))
        found = {row.id: row for spelling in city.spellings for row in self.by_fold[oblast, fold(bare(spelling))]}
        return [row for row in found.values() if row.id not in self.merge.pairs]

    def _pair(self, row, city, way):
        self.merge.pairs[row.id] = city
        self.merge.ways[way] += 1

    def _strike(self):
        paired = {city.geoname_id for city in self.merge.pairs.values()}
        self.open = [city for city in self.open if city.geoname_id not in paired]

    def _anchors(self):
        claims = defaultdict(list)
        for city in self.open:
            likely = self._likely(city)
            if len(likely) == 1:
                claims[likely[0].id].append(city)
        alone = {code: claiming[0] for code, claiming in claims.items() if len(claiming) == 1}
        # One far from the others of its raion is a namesake: the right one is written otherwise.
        middles = self.middles("district", alone)
        for code, city in alone.items():
            middle_ = middles.get(self.rows[code].district)
            if middle_ is None or flat_km(city, middle_) <= ALONE_KM:
                self._pair(self.rows[code], city, "only one of its name in the oblast")
        self._strike()

    def _by_position(self, way, names, leniency):
        taken = {None}
        while taken:
            hromadas, districts = self.middles("hromada"), self.middles("district")
            claims = []
            for city in self.open:
                for row in names(city):
                    if row.settlement in self.merge.pairs:
                        middle_, reach = position(self.merge.pairs[row.settlement]), HROMADA_KM
                    elif row.hromada in hromadas:
                        middle_, reach = hromadas[row.hromada], HROMADA_KM
                    else:
                        middle_, reach = districts.get(row.district), DISTRICT_KM
                    if middle_ and (km := flat_km(city, middle_)) <= reach * leniency:
                        claims.append((SIZE[row.category] if city.population >= TOWN_OF else 0, km, row, city))
            taken = set()
            for _size, _km, row, city in sorted(claims, key=lambda claim: claim[:2]):
                if row.id not in self.merge.pairs and city.geoname_id not in taken:
                    self._pair(row, city, way)
                    taken.add(city.geoname_id)
            self._strike()

    def _twins(self):
        """What is left and lies beside a pair of its name is GeoNames' second record of it: the bigger one leads."""
        named = defaultdict(list)
        for code, city in self.merge.pairs.items():
            for key in self._marks(city) | {plain(self.rows[code].name)}:
                named[area(code), key].append(code)
        for twin in list(self.open):
            oblast = area(self.oblast.get(twin.admin_code, ""))
            near = []
            for code in {code for key in self._marks(twin) for code in named[oblast, key]}:
                known = self.merge.pairs[code]
                one_size = twin.population and twin.population == known.population
                km = flat_km(twin, position(known))
                # A quarter bears older names of its city as well, but is no city.
                if km <= (TWIN_OF_ONE_SIZE_KM if one_size else TWIN_KM) and SIZE[self.rows[code].category] > 0:
                    near.append((km, code))
            if near:
                code = min(near)[1]
                first, second = sorted((self.merge.pairs[code], twin), key=lambda city: -city.population)
                first.spellings |= second.spellings
                first.twins = [*first.twins, *second.twins, second.geoname_id]
                self.merge.pairs[code] = first
                self.merge.ways["second record of a settlement"] += 1
                self.open.remove(twin)

    @staticmethod
    def _marks(city):
        return {plain(spelling) for spelling in (city.name, *city.spellings)}

    def middles(self, level: str, pairs=None) -> dict[str, tuple[float, float]]:
        """The middle of what is known of each hromada or district."""
        groups = defaultdict(list)
        for code, city in (self.merge.pairs if pairs is None else pairs).items():
            if getattr(self.rows[code], level):
                groups[getattr(self.rows[code], level)].append(city)
        return {code: middle(cities) for code, cities in groups.items()}


def area(code: str) -> str:
    """What of a code of the codifier both lists agree in: the oblast."""
    return AREAS.get(code[:4], code[:4])


def bare(name: str) -> str:
    """The name without the word for a district of a city."""
    for word in _DISTRICT_WORDS:
        if name.lower().endswith(word):
            return name[: -len(word)]
    return name


def position(entry: Entry) -> tuple[float, float]:
    return entry.latitude, entry.longitude


def middle(entries: list[Entry]) -> tuple[float, float]:
    """The mean position of entries that have one."""
    return (
        sum(entry.latitude for entry in entries) / len(entries),
        sum(entry.longitude for entry in entries) / len(entries),
    )


def flat_km(entry: Entry, point: tuple[float, float]) -> float:
    """Kilometres between an entry and a point of Ukraine, exact enough to compare."""
    north = (entry.latitude - point[0]) * KM_PER_DEGREE
    east = (entry.longitude - point[1]) * KM_PER_DEGREE * 0.66
    return (north * north + east * east) ** 0.5
