from . import categories, directory, local_coordinators, places, registrations

__all__ = ["categories", "directory", "local_coordinators", "places", "registrations"]
