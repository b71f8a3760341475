import uuid

import pytest
from django.core import serializers
from django.core.exceptions import FieldError, ValidationError
from django.db import connection, models, transaction
from django.db.models import F
from django.db.models.functions import Length
from django.forms import Textarea, modelform_factory
from django.test.utils import isolate_apps

from hotline.lib import crypto
from hotline.lib.fields import LOST, Sealed, SealedRow, SealedTextField, lost, shown
from hotline.lib.keyring import keyring
from tests.support.leaks import content

MARK = "behind-the-white-church-0176"

with isolate_apps("hotline.live"):

    class Letter(SealedRow):
        id = models.UUIDField(primary_key=True, default=uuid.uuid4)
        sender = SealedTextField(max_length=40)
        text = SealedTextField(null=True, blank=True)
        code = models.CharField(max_length=40, default="")

        class Meta:
            app_label = "live"
            db_table = "test_letter"

        def __str__(self):
            return self.code

    class Numbered(models.Model):
        text = SealedTextField(unique=True)

        class Meta:
            app_label = "live"
            db_table = "test_numbered"

        def __str__(self):
            return ""


@pytest.fixture(scope="session")
def letter_table(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Letter)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(Letter)


@pytest.fixture
def letters(letter_table, db, ring):
    return Letter.objects


def column(letter, name="text"):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM test_letter WHERE code = %s", [letter.code])
        return bytes(cursor.fetchone()[0])


def write_column(letter, value, name="text"):
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE test_letter SET {name} = %s WHERE code = %s", [connection.Database.Binary(value), letter.code]
        )


def test_a_sealed_text_is_read_again_on_its_row(letters):
    letters.create(sender="Олена", text=MARK, code="a")
    letter = letters.get(code="a")
    assert (letter.sender, letter.text) == ("Олена", MARK)


def test_the_instance_keeps_its_text_after_saving(letters):
    letter = letters.create(sender="Olena", text=MARK, code="a")
    assert letter.text == MARK
    letter.text = "changed"
    letter.save()
    letter.refresh_from_db()
    assert letter.text == "changed"


def test_none_and_the_empty_text_stay_what_they_are(letters):
    letters.create(sender="", text=None, code="a")
    letter = letters.get()
    assert (letter.sender, letter.text) == ("", None)


def test_deferred_fields_open_when_they_are_asked_for(letters):
    letters.create(sender="Olena", text=MARK, code="a")
    assert letters.defer("text").get().text == MARK
    assert letters.only("code").get().sender == "Olena"


def test_saving_again_without_reading_keeps_the_text(letters):
    letters.create(sender="Olena", text=MARK, code="a")
    letters.get().save()
    assert letters.get().text == MARK


def test_many_rows_are_made_at_once(letters):
    letters.bulk_create([Letter(sender="Olena", text=f"{MARK}{number}", code=str(number)) for number in range(3)])
    assert [letter.text for letter in letters.order_by("code")] == [f"{MARK}{number}" for number in range(3)]


def test_the_column_holds_nothing_of_the_text(letters):
    letter = letters.create(sender="Olena", text=MARK, code="a")
    assert MARK.encode() not in column(letter)
    assert column(letter)[0] == 1


def test_a_ciphertext_of_another_row_does_not_open(letters):
    one, two = (letters.create(sender="Olena", text=f"text of {code}", code=code) for code in "ab")
    first, second = column(one), column(two)
    write_column(one, second)
    write_column(two, first)
    for letter in letters.all():
        with pytest.raises(crypto.Unreadable):
            _ = letter.text


def test_a_ciphertext_of_another_field_does_not_open(letters):
    letter = letters.create(sender="Olena", text=MARK, code="a")
    write_column(letter, column(letter, "sender"))
    with pytest.raises(crypto.Unreadable):
        _ = letters.get().text
    assert letters.get().sender == "Olena"


def test_copying_a_column_in_the_database_does_not_open(letters):
    letters.create(sender="Olena", text=MARK, code="a")
    letters.update(text=F("sender"))
    with pytest.raises(crypto.Unreadable):
        _ = letters.get().text


def test_a_tampered_byte_is_noticed(letters):
    letter = letters.create(sender="Olena", text=MARK, code="a")
    data = bytearray(column(letter))
    data[20] ^= 1
    write_column(letter, bytes(data))
    with pytest.raises(crypto.Unreadable):
        _ = letters.get().text


def test_a_row_cannot_be_copied_unread_since_the_copy_would_be_lost(letters):
    letters.create(sender="Olena", text=MARK, code="a")
    copy = letters.get()
    copy.pk = uuid.uuid4()
    with pytest.raises(crypto.Unreadable), transaction.atomic():
        copy.save()
    assert letters.count() == 1


@pytest.mark.parametrize("lookup", ["", "__exact", "__iexact", "__contains", "__startswith", "__in", "__gt", "__regex"])
def test_lookups_are_refused(letters, lookup):
    value = [MARK] if lookup == "__in" else MARK
    with pytest.raises(FieldError, match="sealed"):
        list(letters.filter(**{f"text{lookup}": value}))


def test_whether_there_is_a_text_may_be_asked(letters):
    letters.create(sender="Olena", text=None, code="a")
    assert letters.filter(text__isnull=True).count() == 1
    assert letters.filter(sender__isnull=True).count() == 0


def test_values_never_give_the_text(letters):
    letters.create(sender="Olena", text=MARK, code="a")
    given = [
        letters.values("text").get()["text"],
        letters.values_list("text", flat=True).get(),
        letters.annotate(copy=F("text")).get().copy,
    ]
    assert all(isinstance(value, Sealed) for value in given)
    assert MARK not in repr(given)
    assert letters.annotate(size=Length("text")).get().size != len(MARK)


@pytest.mark.parametrize("change", [{"text": MARK}, {"sender": MARK}])
def test_update_is_refused_since_it_knows_no_row(letters, change):
    with pytest.raises(TypeError, match="set it on an instance"):
        letters.update(**change)


def test_a_row_that_is_written_out_keeps_its_text_for_itself(letters):
    letters.create(sender="Olena", text=MARK, code="a")
    with pytest.raises(TypeError, match="not written out"):
        serializers.serialize("json", letters.all())


def test_too_long_a_text_is_refused_by_form_and_by_row(letters):
    with pytest.raises(ValidationError):
        Letter(sender="x" * 41).full_clean()
    with pytest.raises(ValueError, match="longer than 40"), transaction.atomic():
        letters.create(sender="x" * 41)
    Letter(sender="x" * 40, code="a").full_clean()


def test_a_row_without_a_key_cannot_be_sealed(ring):
    with pytest.raises(ValueError, match="needs its primary key"):
        Numbered._meta.get_field("text").pre_save(Numbered(text=MARK), add=True)


def test_forms_take_and_show_the_text(letters):
    form_class = modelform_factory(Letter, fields=["sender", "text", "code"])
    form = form_class({"sender": "Olena", "text": MARK, "code": "a"})
    form.save()
    shown = form_class(instance=letters.get())
    assert shown.initial == {"sender": "Olena", "text": MARK, "code": "a"}
    assert shown.fields["sender"].max_length == 40
    assert isinstance(shown.fields["text"].widget, Textarea)


def test_another_site_key_does_not_open(letters, settings, tmp_path):
    letters.create(sender="Olena", text=MARK, code="a")
    settings.KEYRING_DIR = tmp_path / "other"
    keyring().create_site_key()
    with pytest.raises(crypto.Unreadable):
        _ = letters.get().text


def test_checks_ask_for_a_known_key_and_no_index(ring):
    assert len(Numbered._meta.get_field("text").check()) == 2
    assert Letter._meta.get_field("text").check() == []


def test_migrations_can_write_the_field_down():
    name, path, args, kwargs = Letter._meta.get_field("sender").deconstruct()
    assert (name, path, args, kwargs) == ("sender", "hotline.lib.fields.SealedTextField", [], {"max_length": 40})


def test_the_database_file_holds_no_plaintext(letter_table, ring, transactional_db):
    if connection.vendor != "sqlite":
        pytest.skip("the files of PostgreSQL belong to its server")
    control = "control-mark-that-is-plain-4711"
    letter = Letter.objects.create(sender="Olena", text=MARK, code=control)
    try:
        name = connection.settings_dict["NAME"]
        found = b"".join(content(f"{name}{end}") for end in ("", "-wal"))
        assert control.encode() in found
        assert MARK.encode() not in found
    finally:
        letter.delete()


def test_a_text_grows_by_version_nonce_and_tag_only(letters):
    letter = letters.create(sender="Olena", text="x" * 5000, code="a")
    assert len(column(letter)) == 5000 + 1 + 12 + 16


@pytest.fixture
def locked(letters, ring):
    """A letter whose key is gone: another site key has taken its place."""
    letters.create(sender="Olena", text=MARK, code="a")
    ring.destroy(with_site_key=True)
    ring.create_site_key()
    return letters.get()


def test_what_is_lost_raises_when_it_is_read_and_is_said_where_it_is_shown(locked):
    with pytest.raises(crypto.Unreadable):
        str(locked.text)
    assert shown(locked, "text") == str(LOST)
    assert [one.name for one in lost(locked)] == ["sender", "text"]


def test_with_a_row_that_lost_its_texts_one_can_go_on(locked, letters):
    before = bytes(column(locked))
    locked.code = "b"
    locked.full_clean()
    locked.save()
    assert bytes(column(locked)) == before, "a text that nobody could read is not written over"
    locked.refresh_from_db()
    assert locked.code == "b"
    form = modelform_factory(Letter, fields=["sender", "text", "code"])
    assert form(instance=locked).initial == {"sender": "", "text": "", "code": "b"}
    assert form({"sender": "Olena", "text": "", "code": "b"}, instance=locked).save().sender == "Olena"
    assert letters.get().sender == "Olena"


def test_what_was_refreshed_is_fetched_when_it_is_read(letters, django_assert_num_queries):
    letters.create(sender="Olena", text=MARK, code="a")
    first, second = letters.get(), letters.get()
    second.text = "Another"
    second.save()
    first.refresh_from_db()
    with django_assert_num_queries(1):
        assert first.text == "Another"
    assert first.sender == "Olena"
