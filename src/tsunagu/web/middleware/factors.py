"""Every change of a second factor is in the ledger, whatever page of the library made it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from django.http import HttpRequest, HttpResponse

from tsunagu.domain.act import Act
from tsunagu.domain.ledger import Deed
from tsunagu.records.second_factors import RECOVERY_CODES, factors_of
from tsunagu.web.desk import officer_of
from tsunagu.web.middleware.agencies import SIGN_IN_PATH
from tsunagu.web.rooms import now, rooms


class FactorsMiddleware:
    """Compares an officer's second factors before and after, in the transaction that `AgencyMiddleware` has opened.

    The library tells of a change only when its transaction is over: the entry could be lost, and the change stand.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Stand before `get_response`."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and write down what has changed."""
        may_change = request.method == "POST" and request.path.startswith(f"{SIGN_IN_PATH}2fa/")
        if not (may_change and request.user.is_authenticated):
            return self._get_response(request)
        officer = officer_of(request)
        before = factors_of(officer.pk)
        response = self._get_response(request)
        after = factors_of(officer.pk)
        deeds = [
            Deed(act, now(), officer.agency_id, officer.pk, details={"factor": kind})
            for act, kind in _changes(before, after)
        ]
        if deeds:
            rooms().ledger.write(*deeds)
        return response


def _changes(before: Mapping[int, str], after: Mapping[int, str]) -> Iterator[tuple[Act, str]]:
    """Yield what was added and removed; new recovery codes take the place of the old ones, which is one deed."""
    added = [after[one] for one in sorted(after.keys() - before.keys())]
    for kind in added:
        yield (Act.FACTOR_CODES_MADE if kind == RECOVERY_CODES else Act.FACTOR_ADDED), kind
    for one in sorted(before.keys() - after.keys()):
        if not (before[one] == RECOVERY_CODES and RECOVERY_CODES in added):
            yield Act.FACTOR_REMOVED, before[one]
