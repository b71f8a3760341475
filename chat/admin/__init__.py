from . import conversation, line

__all__ = ["conversation", "line"]
