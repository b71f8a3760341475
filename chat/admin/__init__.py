from . import conversation, flag, line, standard_message

__all__ = ["conversation", "flag", "line", "standard_message"]
