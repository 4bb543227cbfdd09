"""What allauth asks of us: no sign-up, sealed secrets, and every sign-in in the ledger."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from tsunagu.domain.act import Act
from tsunagu.domain.ledger import Deed
from tsunagu.records import agencies, sign_ins
from tsunagu.services.agencies.proving import open_factor, seal_factor
from tsunagu.web.client_address import client_address
from tsunagu.web.desk import SignedIn, officer_of
from tsunagu.web.middleware.agencies import AGENCY
from tsunagu.web.rooms import now, rooms
from tsunagu.web.sign_in.proof import has_proven_lately

DOOR = {"door": "browser"}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Signing in and out. Within `acting_for`, so that the ledger's entry and the session's rows stand together."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: SignedIn) -> None:
        super().login(request, user)
        request.session[AGENCY] = str(user.agency_id)  # a new session was begun
        rooms().ledger.write(Deed(Act.OFFICER_SIGNED_IN, now(), user.agency_id, user.pk, details=DOOR))

    def logout(self, request: HttpRequest) -> None:
        user = officer_of(request)
        rooms().ledger.write(Deed(Act.OFFICER_SIGNED_OUT, now(), user.agency_id, user.pk, details=DOOR))
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: object) -> None:
        """Write it down as the officer's whose login was typed, so that his auditor reads it; asked for nobody, too."""
        held = agencies.credentials_of(str(credentials.get("username", "")))
        agency_id = held.officer.agency_id if held else None
        officer_id = held.officer.officer_id if held else None
        rooms().ledger.write(Deed(Act.ACCESS_DENIED, now(), agency_id, officer_id, details={"door": "sign-in"}))

    def set_password(self, user: SignedIn, password: str) -> None:
        """Change the password; every session and sign-in that rests on the old one ends."""
        super().set_password(user, password)
        sign_ins.end_all(user.pk, now=now())
        rooms().ledger.write(Deed(Act.OFFICER_PASSWORD_CHANGED, now(), user.agency_id, user.pk, details=DOOR))

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def is_reauthentication_required(self, *, app: str, **kwargs: object) -> bool:
        """Ask for no proof again of who gave it as lately as proof lasts; signing in is one."""
        return not has_proven_lately(self.request) and bool(super().is_reauthentication_required(app=app, **kwargs))

    def add_message(self, *args: object, **kwargs: object) -> None:
        """Say nothing: the page that follows shows what was done."""


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: sealed by the keyring before they are kept."""

    def encrypt(self, text: str) -> str:
        return seal_factor(text, rooms().keys)

    def decrypt(self, encrypted_text: str) -> str:
        return open_factor(encrypted_text, rooms().keys)

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return str(user.get_username())

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Let nobody take off his last second factor."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())
