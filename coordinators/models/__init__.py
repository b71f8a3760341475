from .announcement import Announcement
from .category import Category, CategoryStamp, CategoryTree, Cluster, Urgency
from .coverage import Coverage
from .directory import DirectoryEntry
from .endpoint import Endpoint
from .link_code import LinkCode
from .local_coordinator import LocalCoordinator
from .place import Place, PlaceStamp, coarse, distance_km, lineage_ids
from .place_name import PlaceName, PlaceTwin
from .registration import Registration, VouchCode
from .telling import Telling
from .trust import Level

__all__ = [
    "Announcement",
    "Category",
    "CategoryStamp",
    "CategoryTree",
    "Cluster",
    "Coverage",
    "DirectoryEntry",
    "Endpoint",
    "Level",
    "LinkCode",
    "LocalCoordinator",
    "Place",
    "PlaceName",
    "PlaceStamp",
    "PlaceTwin",
    "Registration",
    "Telling",
    "Urgency",
    "VouchCode",
    "coarse",
    "distance_km",
    "lineage_ids",
]
