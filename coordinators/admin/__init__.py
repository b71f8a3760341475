from . import announcements, categories, directory, local_coordinators, places, registrations, ways

__all__ = ["announcements", "categories", "directory", "local_coordinators", "places", "registrations", "ways"]
