"""The description of the API as a document."""

import json
import sys

import django


def main() -> None:
    """Print the OpenAPI description as it stands in `docs/openapi.json`."""
    django.setup()
    from tsunagu.api.operations import description  # noqa: PLC0415 - after Django is set up
    from tsunagu.config.urls import api  # noqa: PLC0415

    json.dump(description(api), sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")
