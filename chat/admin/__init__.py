from . import conversation, debrief, duty, flag, group, line, standard_message

__all__ = ["conversation", "debrief", "duty", "flag", "group", "line", "standard_message"]
