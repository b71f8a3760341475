"""Errors that are meant for people: a write that is refused says why, in the reader's language."""

from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """
    An action that the house declines, in words.

    Subclasses set `code` (stable, for machines) and `message` (translatable, may hold %(name)s places, filled from
    the keyword arguments). `str()` gives the text in the language that is active when it is asked for.
    """

    code: str = "refused"
    message = _("This is not possible right now.")

    def __init__(self, message=None, **params):
        if message is not None:
            self.message = message
        self.params = params
        super().__init__(message, params)

    def __str__(self) -> str:
        text = str(self.message)
        return text % self.params if self.params else text
