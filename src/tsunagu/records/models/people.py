"""Agencies, officers and how they sign in."""

from typing import ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.crypto import salted_hmac


class Agency(models.Model):
    """A member of the installation, or a correspondent, who has none. The directory is open to all members.

    `kind` is null as long as nobody has said what it is; `local_name` and `code` are what its country calls it by.
    `member` is the other installation through which it is reached; null for those of this one.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    name = models.TextField(unique=True)
    country = models.CharField(max_length=2)
    contact = models.TextField()
    kind = models.TextField(null=True)
    local_name = models.TextField(default="")
    code = models.TextField(default="")
    is_correspondent = models.BooleanField(default=False)
    member = models.ForeignKey("HubMember", on_delete=models.PROTECT, null=True)

    class Meta:
        db_table = "agency"


class Officer(AbstractBaseUser):
    """A person of an agency.

    `last_totp_step` stops a one-time code from being used twice. His second factors lie in `mfa_authenticator`. A
    browser's session rests on the password and on `session_epoch`: with either of them it ends.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    login = models.TextField(unique=True)
    name = models.TextField()
    roles = ArrayField(models.TextField())
    is_active = models.BooleanField(default=True)
    last_totp_step = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    certified_until = models.DateTimeField(null=True)
    session_epoch = models.PositiveIntegerField(default=0)
    last_login = None

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        db_table = "officer"

    def get_session_auth_hash(self) -> str:
        """Return what a session of this officer carries for as long as it is good."""
        return salted_hmac("tsunagu.session", f"{self.password} {self.session_epoch}", algorithm="sha256").hexdigest()


class AgencyPlaceRow(models.Model):
    """Which agency stands above one: as an operator placed it, and who of the agency above has confirmed it."""

    child = models.OneToOneField(Agency, on_delete=models.PROTECT, primary_key=True, related_name="+")
    parent = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "agency_place"


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


class Invitation(models.Model):
    """A way in for an officer who has not been here yet, or is let in again; the token itself is never kept."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    token_mac = models.BinaryField(max_length=32)
    made_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "invitation"


class ApiKeyRow(models.Model):
    """A key by which a program acts for an officer; the key itself is never kept, only its keyed digest.

    `banks` are the only ones that it looks anything up in; null means all that its officer may ask. `daily_look_ups` is
    how many things it may ask for in one day.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    name = models.TextField()
    scopes = ArrayField(models.TextField())
    token_mac = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    banks = ArrayField(models.UUIDField(), null=True)
    daily_look_ups = models.IntegerField(default=0)

    class Meta:
        db_table = "api_key"


class WebSession(models.Model):
    """A browser's session. The key is kept as a keyed digest and the content sealed: the row opens nothing."""

    key_mac = models.BinaryField(primary_key=True, max_length=32)
    sealed = models.BinaryField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "web_session"
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="web_session_expiry")]


class ThrottleRow(models.Model):
    """What was counted lately, under a keyed digest of what it was counted of."""

    key_mac = models.BinaryField(primary_key=True, max_length=32)
    held = models.TextField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "throttle"
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="throttle_expiry")]


class ProviderSubject(models.Model):
    """Which person of the configured provider an officer is: issuer and subject, sealed."""

    officer = models.OneToOneField(Officer, on_delete=models.PROTECT, primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    sealed = models.BinaryField()
    bound_at = models.DateTimeField()

    class Meta:
        db_table = "provider_subject"
