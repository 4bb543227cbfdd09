"""A case as a signed package: one archive, for a court or for another agency."""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, override
from django.views.decorators.http import require_POST

from tsunagu.exchange.case_report import Reporter
from tsunagu.records.packages.archive import ArchivedPackage
from tsunagu.services.cases.packaging import export_case
from tsunagu.web.desk import parts_of
from tsunagu.web.rooms import rooms
from tsunagu.web.sign_in.proof import grave

MOST_PLACES: Final = 50_000
"""The package of a larger case would keep the browser waiting, and memory full: the command writes it."""


@require_POST
@grave
def export(request: HttpRequest, reference: str) -> HttpResponse:
    """Give out a case as a package."""
    reporter = Reporter(_word) if "summaries" in request.POST else None
    keys = rooms().keys
    signer = keys.signer()
    with ArchivedPackage.begin() as package:
        export_case(
            reference=reference,
            package=package,
            reporter=reporter,
            release=version("tsunagu"),
            signer=signer,
            public_key=keys.public_keys()[signer.key_id],
            queue=rooms().queue,
            most_places=MOST_PLACES,
            **parts_of(request),
        )
        answer = HttpResponse(package.content(), content_type="application/zip")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{reference}.zip") or ""
    return answer


def _word(code: str, language: str) -> str:
    """Return what the pages call a code."""
    with override(language):
        return gettext(code)
