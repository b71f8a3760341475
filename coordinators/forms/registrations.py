"""What an organisation says of itself, and what an administrator says when checking it. Nothing that was typed is dropped."""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from coordinators.actions.trust import check_coverage
from coordinators.models import Category, CategoryTree, Level, Place, Registration, coarse
from coordinators.models.trust import BOUNDS, is_too_small
from hotline.lib.errors import Refused
from hotline.lib.languages import SPOKEN
from hotline.questionnaires.forms.fields import LongText

NEW = BOUNDS[Level.NEWCOMER]
MOST_PLACES = NEW.places
# So many kinds in each of the places are what a newcomer may cover.
MOST_KINDS = NEW.rows // NEW.places
# Languages that stand open on the form; the others are one press away.
COMMON_LANGUAGES = 6
TOO_LONG = {"max_length": _("This has %(show_value)d characters; at most %(limit_value)d fit.")}


def _text(label, name, *, rows=1, required="", autocomplete="off", **options):
    """A text whose length is checked here and not cut by the browser. required: the words for an empty one."""
    widget = forms.Textarea(attrs={"rows": rows}) if rows > 1 else forms.TextInput()
    widget.attrs |= {"autocomplete": autocomplete} | ({"aria-required": "true"} if required else {})
    messages = TOO_LONG | ({"required": required} if required else {})
    return LongText(
        label=label,
        max_length=Registration.TOLD[name],
        required=bool(required),
        widget=widget,
        error_messages=messages,
        **options,
    )


def place_for_newcomers(place):
    """What somebody new may cover who names `place` (Place, with its lineage): itself, the district of a village, or None."""
    fitting = coarse(place) if is_too_small(place) else place
    return None if fitting.kind in NEW.too_wide or is_too_small(fitting) else fitting


def kinds_by_area():
    """[(area, [Category])] of all kinds in use: each area is one of the kinds right below the root."""
    tree = CategoryTree.current()
    areas = [pk for root in tree.below.get(None, []) for pk in tree.below.get(root, []) if tree.in_use(pk)]
    return [
        (tree.by_id[area], [tree.by_id[pk] for pk in tree.descendant_ids(area)[1:] or [area] if tree.in_use(pk)])
        for area in areas
    ]


def asked_for(query):
    """(what the form is filled with, whom it is needed by in words) out of an address's query (QueryDict): `kind`, any number
    of short names, and `place`, a code. What is not known, or too much for somebody new, is left out.
    """
    tree, offered = CategoryTree.current(), {kind.pk for _area, kinds in kinds_by_area() for kind in kinds}
    named = [tree.by_slug[slug].pk for slug in query.getlist("kind")[:MOST_KINDS] if slug in tree.by_slug]
    kinds = [pk for one in named for pk in tree.descendant_ids(one) if pk in offered]
    place = Place.objects.of_code(query.get("place", "")[:40])
    initial = {"kinds": [str(pk) for pk in dict.fromkeys(kinds)]} if len(set(kinds)) <= MOST_KINDS else {}
    fitting = place and place_for_newcomers(place)
    if fitting:
        initial |= {"place0": str(fitting.pk), "place0_text": fitting.label()}
    return initial, place.label() if place and not fitting else ""


class RegistrationForm(forms.Form):
    use_required_attribute = False

    name = _text(_("Name of your organisation or group"), "name", required=_("What are you called?"))
    kinds = forms.MultipleChoiceField(
        label=_("What can you help with?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one kind of help.")},
    )
    languages = forms.MultipleChoiceField(
        label=_("Which languages do you speak?"),
        choices=list(SPOKEN.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one language.")},
    )
    person = _text(
        _("Whom do we ask for?"), "person", required=_("Tell us whom to ask for."), autocomplete="name",
        help_text=_("One person who speaks for you. A first name will do."),
    )  # fmt: skip
    phone = _text(_("Phone"), "phone", autocomplete="tel")
    email = _text(_("E-mail"), "email", autocomplete="email")
    check = _text(
        _("How can we check that you are who you say?"), "check", rows=3,
        required=_("Tell us how we can check you: a website, a number in a register, somebody who knows you."),
        help_text=_("A website, a number in a register, an office we can ring, somebody we may ask."),
    )  # fmt: skip
    vouch = forms.CharField(
        label=_("A code from somebody who knows you"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        help_text=_("If a partner of ours gave you one. Neither of you learns more about the other by it."),
    )
    note = _text(_("Anything else?"), "note", rows=3)

    def __init__(self, data=None, *, initial=None):
        super().__init__(data, label_suffix="", initial=initial)
        self.areas = kinds_by_area()
        self.fields["kinds"].choices = [(str(kind.pk), kind.label()) for _area, kinds in self.areas for kind in kinds]
        for number in range(MOST_PLACES):
            self.fields[f"place{number}"] = forms.CharField(required=False)
            self.fields[f"place{number}_text"] = forms.CharField(required=False)

    @property
    def submission(self):
        """The id (UUID) of this form; a new one where none was sent."""
        try:
            return uuid.UUID(self.data.get("submission", ""))
        except ValueError:
            return uuid.uuid4()

    def clean_kinds(self):
        chosen = self.cleaned_data["kinds"]
        if len(chosen) > MOST_KINDS:
            words = _("For the beginning at most %(most)d kinds, please; later it can be more.")
            raise ValidationError(words, params={"most": MOST_KINDS})
        tree = CategoryTree.current()
        return [tree.by_id[int(pk)] for pk in chosen]

    def clean_email(self):
        email = self.cleaned_data["email"].strip()
        if email:
            try:
                validate_email(email)
            except ValidationError:
                raise ValidationError(_("This is no e-mail address. Compare it letter by letter.")) from None
        return email

    def clean(self):
        cleaned = super().clean()
        if not (cleaned.get("phone") or cleaned.get("email") or self.errors.keys() & {"phone", "email"}):
            self.add_error("phone", _("Give us a phone number or an e-mail address, so that we can ask you something."))
        cleaned["places"] = self._places(cleaned)
        if not self.errors:
            try:
                check_coverage(Level.NEWCOMER, [(kind, one) for kind in cleaned["kinds"] for one in cleaned["places"]])
            except Refused as refused:
                self.add_error("kinds", str(refused))
        return cleaned

    def _places(self, cleaned):
        """The places that were chosen; what was only typed, or does not fit, is said at its box."""
        found = {}
        for number in range(MOST_PLACES):
            name = f"place{number}"
            chosen, typed = cleaned.get(name, ""), cleaned.get(f"{name}_text", "").strip()
            place = None
            if chosen.isdecimal() and len(chosen) < 18:
                place = Place.objects.with_lineage().filter(pk=chosen).first()
            if place is None:
                if typed:
                    self.add_error(name, _("Choose a place from the list. If it is missing, take the nearest town."))
            elif place_for_newcomers(place) is None:
                words = _(
                    "For the beginning name towns or districts. When we know each other, it can be a whole region."
                )
                self.add_error(name, words)
            else:
                found[place_for_newcomers(place).pk] = place_for_newcomers(place)
        if not found and not any(name.startswith("place") for name in self.errors):
            self.add_error("place0", _("Where do you help? Choose at least one place from the list."))
        return list(found.values())

    def told(self):
        """{key of Registration.TOLD: str}; call after is_valid()."""
        return {name: self.cleaned_data[name].strip() for name in Registration.TOLD}

    # For the template

    def place_boxes(self):
        """[{name, value, shown, error}] for the boxes in which places are looked for."""
        return [
            {
                "name": name,
                "value": self[name].value() or "",
                "shown": self[f"{name}_text"].value() or "",
                "error": next(iter(self[name].errors), ""),
            }
            for name in (f"place{number}" for number in range(MOST_PLACES))
        ]

    def area_boxes(self):
        """[(area, [check box], whether one is ticked)]."""
        boxes = {box.data["value"]: box for box in self["kinds"]}
        found = [(area, [boxes[str(kind.pk)] for kind in kinds]) for area, kinds in self.areas]
        return [(area, those, any(box.data["selected"] for box in those)) for area, those in found]

    def common_languages(self):
        """The check boxes that stand open."""
        return list(self["languages"])[:COMMON_LANGUAGES]

    def further_languages(self):
        """The check boxes behind "more languages"."""
        return list(self["languages"])[COMMON_LANGUAGES:]


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Your code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        help_text=_("The twelve signs that you noted when you registered."),
        error_messages={"required": _("Write the code that you noted.")},
    )


def _needing_checks():
    """Kinds that only checked coordinators get, where they begin: nothing that lies below another one of them."""
    tree = CategoryTree.current()
    needing = [pk for pk, one in tree.by_id.items() if tree.effective(one, "needs_checked")]
    return Category.objects.filter(pk__in=[pk for pk in needing if tree.by_id[pk].parent_id not in needing])


class ApproveForm(forms.Form):
    words = forms.CharField(
        label=_("How did you check them?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Kept with them, sealed. Whom you rang, what you saw, who knows them."),
    )
    checked_for = forms.ModelMultipleChoiceField(
        label=_("Checked for"),
        queryset=Category.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "These put people into strangers' hands. Tick only what you checked them for; it can be done later."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["checked_for"].queryset = _needing_checks()


class RefuseForm(forms.Form):
    words = forms.CharField(
        label=_("Kind words"),
        required=False,
        max_length=Registration._meta.get_field("answer").max_length,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("They read this in their letter and under their code, as you write it. Empty: our thanks alone."),
    )


class NoteForm(forms.Form):
    words = forms.CharField(label=_("Note"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
