"""State changes as buttons: what stands on an object's page in place of a field that could be edited."""

from dataclasses import dataclass


def any_of(right):
    """The rights named by `right`, a str or several of them, each of which is enough; none for an empty one."""
    return (right,) if isinstance(right, str) and right else tuple(right)


@dataclass(frozen=True)
class Button:
    """A state change offered on an object's page; made by the decorator `button`."""

    name: str
    label: str
    right: str | tuple
    when: object
    form: type | None
    dangerous: bool
    words: str
    many: str

    @property
    def asks_first(self):
        """Whether a page of its own comes before it is done."""
        return bool(self.form or self.words)

    def is_allowed(self, rights, obj):
        return any(rights.can(right, obj) for right in any_of(self.right))

    def is_for(self, rights, obj):
        return (self.when is None or self.when(obj)) and self.is_allowed(rights, obj)


def button(label, *, right, when=None, form=None, dangerous=False, words="", many=""):
    """Turns a method of a HouseModelAdmin into a button on the object's page.

    label: lazy str. right: the right (or several, one is enough) that must be held for the object. when: function of
    the object, bool: whether the button makes sense in its state. form: a Form class for what must be said with it,
    asked for on a page of its own. dangerous: whoever presses it proves first that it is they, unless they did so just
    now; what was typed waits meanwhile. words: what it does to whom; such a button asks first, on a page that says so. many:
    its name in the list's menu, for several rows at once; they are always shown and asked about first.
    The method is called as `method(request, obj)`, or with a form as
    `method(request, obj, cleaned_data)`; it calls an action and returns the words of success, or a response of its own.
    Refused is shown.
    """

    def mark(method):
        method.button = Button(method.__name__, label, right, when, form, dangerous, words, many)
        return method

    return mark
