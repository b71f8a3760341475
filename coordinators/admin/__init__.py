from . import categories, directory, local_coordinators, places

__all__ = ["categories", "directory", "local_coordinators", "places"]
