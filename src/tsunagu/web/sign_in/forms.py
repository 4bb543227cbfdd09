"""What is typed to prove something: checked as on the command line, with one count of attempts for both."""

from __future__ import annotations

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.forms import ChangePasswordForm as AnyChangePasswordForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm

from tsunagu.domain.act import Act
from tsunagu.domain.ledger import Deed
from tsunagu.records import agencies
from tsunagu.services.agencies.proving import proves_code, proves_password, spend_code
from tsunagu.web.rooms import now, rooms


class _CodeForm(forms.BaseAuthenticateForm):  # type: ignore[misc]  # allauth has no types
    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        held = agencies.credentials_of(self.user.get_username())
        # Recovery codes first: a right one is no failed attempt at the other kind.
        recovery = self._factor(Authenticator.Type.RECOVERY_CODES)
        is_locked = held is None or (held.locked_until is not None and held.locked_until > now())
        if recovery is not None and not is_locked and recovery.wrap().validate_code(code):
            agencies.note_attempt(self.user.pk, failures=0, locked_until=None, totp_step=None)
            self.authenticator = recovery
            return code
        if held is not None and proves_code(held, code=code, now=now(), keys=rooms().keys):
            self.authenticator = self._factor(Authenticator.Type.TOTP)
            return code
        rooms().ledger.write(
            Deed(Act.ACCESS_DENIED, now(), self.user.agency_id, self.user.pk, details={"door": "second-factor"})
        )
        raise get_adapter().validation_error("incorrect_code")

    def _factor(self, kind: str) -> Authenticator | None:
        factor = Authenticator.objects.filter(user_id=self.user.pk, type=kind).first()
        if factor is not None:
            factor.user = self.user
        return factor


class AuthenticateForm(_CodeForm, forms.AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class ReauthenticateForm(_CodeForm, forms.ReauthenticateForm):  # type: ignore[misc]
    """Proof, before a grave act, that it is still the same officer."""


class ChangePasswordForm(AnyChangePasswordForm):  # type: ignore[misc]
    """A new password, by proof of the old one: guesses at it are counted like those at the sign-in."""

    def clean_oldpassword(self) -> str:
        password = str(self.cleaned_data["oldpassword"])
        if proves_password(agencies.credentials_of(self.user.get_username()), password=password, now=now()):
            return password
        rooms().ledger.write(
            Deed(Act.ACCESS_DENIED, now(), self.user.agency_id, self.user.pk, details={"door": "password-change"})
        )
        raise get_account_adapter().validation_error("enter_current_password")


class EnrollForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new second factor, which shows that it was taken over."""

    def clean_code(self) -> str:
        code = str(super().clean_code())
        spend_code(self.user.pk, secret=self.secret, code=code, now=now())
        return code
