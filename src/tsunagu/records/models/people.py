"""Agencies, officers and how they sign in."""

from typing import ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Agency(models.Model):
    """A member of the installation. The directory of members is open to all of them."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    name = models.TextField(unique=True)
    country = models.CharField(max_length=2)
    contact = models.TextField()

    class Meta:
        db_table = "agency"


class Officer(AbstractBaseUser):
    """A person of an agency.

    `totp_sealed` is sealed by the keyring; `last_totp_step` stops a one-time code from being used twice.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    login = models.TextField(unique=True)
    name = models.TextField()
    roles = ArrayField(models.TextField())
    is_active = models.BooleanField(default=True)
    totp_sealed = models.BinaryField()
    last_totp_step = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    last_login = None

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        db_table = "officer"


class Login(models.Model):
    """To which agency a login belongs; a row shows itself only to one who names the login exactly."""

    login = models.TextField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)

    class Meta:
        db_table = "login"


class SignIn(models.Model):
    """A sign-in that is or was open; the token itself is never kept, only its keyed digest."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    token_mac = models.BinaryField(max_length=32)
    began_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sign_in"
