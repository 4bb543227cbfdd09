"""Second factors, as rows of the library that checks them in the browser. Call everything within `acting_for`."""

from collections.abc import Iterator
from uuid import UUID

from allauth.mfa.models import Authenticator

from tsunagu.records.planned import rows_of

RECOVERY_CODES = str(Authenticator.Type.RECOVERY_CODES)
_HAS_FACTOR = "SELECT 1 FROM mfa_authenticator WHERE user_id = $1::uuid AND type = ANY($2::text[]) LIMIT 1"
SEALED_FIELDS = ("secret", "seed")
"""Where a row keeps what must not be read: a one-time code's secret, the seed of recovery codes."""


def add_totp(officer_id: UUID, sealed: str) -> None:
    """Keep the sealed secret of an officer's one-time codes."""
    Authenticator.objects.create(user_id=officer_id, type=Authenticator.Type.TOTP, data={"secret": sealed})


def totp_of(officer_id: UUID) -> str | None:
    """Return the sealed secret of an officer's one-time codes; None when there is none."""
    row = Authenticator.objects.filter(user_id=officer_id, type=Authenticator.Type.TOTP).first()
    return None if row is None else str(row.data["secret"])


def has_factor(officer_id: UUID) -> bool:
    """Return whether an officer has a second factor beside recovery codes."""
    return bool(rows_of(_HAS_FACTOR, officer_id, [Authenticator.Type.TOTP.value, Authenticator.Type.WEBAUTHN.value]))


def factors_of(officer_id: UUID) -> dict[int, str]:
    """Return the kind of each second factor of an officer, recovery codes among them, by the row's id."""
    return dict(Authenticator.objects.filter(user_id=officer_id).values_list("pk", "type"))


def drop_all(officer_id: UUID) -> None:
    """Remove every second factor and recovery code of an officer."""
    Authenticator.objects.filter(user_id=officer_id).delete()


def sealed_fields() -> Iterator[tuple[int, str, str]]:
    """Yield everything sealed of the agency that is acted for: the row's id, the field, what it holds."""
    for row in Authenticator.objects.all():
        for name in SEALED_FIELDS:
            if name in row.data:
                yield row.pk, name, str(row.data[name])


def replace_sealed(row_id: int, name: str, sealed: str) -> None:
    """Replace one sealed field."""
    row = Authenticator.objects.get(pk=row_id)
    row.data[name] = sealed
    row.save(update_fields=["data"])
