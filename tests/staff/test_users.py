"""Accounts: what is kept of them and how."""

import datetime

import pytest
import time_machine
from django.db import IntegrityError, models

from hotline import settings
from hotline.staff.models import User
from hotline.staff.signals import note_log_in
from tests.support.leaks import Rows

pytestmark = pytest.mark.django_db


def test_the_e_mail_address_lies_sealed_and_is_found_by_its_hash(cast, marked):
    mark = marked()
    person = cast.person("somebody", email=f"{mark}@example.org")
    assert User.objects.get(pk=person.pk).email == f"{mark}@example.org"
    assert list(User.objects.by_email(f" {str(mark).upper()}@EXAMPLE.org ")) == [person]
    mark.assert_absent(Rows())


def test_no_moment_of_a_log_in_is_kept(cast, as_person):
    assert not any(isinstance(field, models.DateTimeField) for field in User._meta.fields)
    with time_machine.travel(datetime.datetime(2027, 3, 4, 23, 59, tzinfo=datetime.UTC), tick=False):
        as_person(cast.vera)
    assert User.objects.get(pk=cast.vera.pk).last_login_day == datetime.date(2027, 3, 4)


def test_a_second_log_in_on_the_same_day_writes_nothing(cast, as_person, django_assert_num_queries):
    as_person(cast.vera)
    with django_assert_num_queries(0):
        note_log_in(None, cast.vera)


def test_others_see_the_alias_alone(cast):
    assert str(cast.person("v.petrenko", alias="Vera P")) == "Vera P"


def test_an_account_without_an_alias_is_called_by_its_user_name():
    assert User.objects.create_user("somebody").alias == "somebody"


def test_two_accounts_never_share_an_address_but_many_may_have_none(cast):
    cast.person("first", email="shared@example.org")
    cast.person("second", email="")
    cast.person("third", email="")
    assert not User.objects.by_email("").exists()
    with pytest.raises(IntegrityError):
        cast.person("fourth", email="Shared@example.org")


def test_saving_the_address_alone_moves_its_hash_along(cast):
    person = cast.vera
    person.email = "new@example.org"
    person.save(update_fields=["email"])
    assert list(User.objects.by_email("new@example.org")) == [person]
    assert not User.objects.by_email("vera@example.org").exists()


def test_there_is_no_anonymous_account(cast):
    assert [cast.vera] == list(User.objects.all())


def test_the_password_is_argon2_outside_of_the_tests():
    assert settings.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


def test_a_superuser_made_by_command_can_be_made_and_stands_in_no_team(db):
    root = User.objects.create_superuser("root", password="a word of many letters")
    assert root.is_superuser
    assert not root.groups.exists()
