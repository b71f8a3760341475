from . import conversation, debrief, duty, flag, line, standard_message

__all__ = ["conversation", "debrief", "duty", "flag", "line", "standard_message"]
