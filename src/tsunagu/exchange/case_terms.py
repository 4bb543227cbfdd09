"""The words of CASE 1.4 and UCO 1.4 that packages are written in, and a few of our own where those have none.

Source: CASE ontology 1.4.0 and UCO 1.4.0 (SHACL shapes of every class that is used). Every node has an id of its own
that ends in a UUID, as the shapes ask for, and the prefixes stand in the document: reading it takes no network.

Our own words begin with `tsunagu:` and stand on facets of their own (`uco-core:Facet`), so that a reader of CASE passes
over them: fingerprints (CASE knows no perceptual ones), exact bytes of paths, what became of an examination.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from tsunagu.domain.clock import utc_text

FORMAT: Final = "tsunagu-case/1"
CASE: Final = "https://ontology.caseontology.org/case/"
UCO: Final = "https://ontology.unifiedcyberontology.org/uco/"
CONTEXT: Final = {
    "kb": "urn:tsunagu:kb:",
    "tsunagu": "urn:tsunagu:terms:1:",
    "case-investigation": f"{CASE}investigation/",
    **{
        f"uco-{part}": f"{UCO}{part}/"
        for part in ("action", "analysis", "core", "identity", "marking", "observable", "tool", "types")
    },
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

Node = dict[str, Any]


class Ids:
    """Names the nodes of one case: the same case gives the same names whenever it is written."""

    def __init__(self, case_id: UUID) -> None:
        """Name the nodes of this case."""
        self._case_id = case_id

    def of(self, kind: str, *which: object) -> str:
        """Return the id of a node: its kind, then a UUID (version 5, RFC 9562) out of the case and `which`."""
        return f"kb:{kind}-{uuid5(self._case_id, ' '.join(map(str, (kind, *which))))}"

    def ref(self, kind: str, *which: object) -> Node:
        """Return a reference to a node."""
        return {"@id": self.of(kind, *which)}


def moment(at: datetime) -> Node:
    """Return a time as a literal, in UTC."""
    return {"@type": "xsd:dateTime", "@value": utc_text(at)}


def hex_binary(data: bytes) -> Node:
    """Return bytes as a literal in hex."""
    return {"@type": "xsd:hexBinary", "@value": data.hex()}


def integer(number: int) -> Node:
    """Return a whole number as a literal, whatever its size."""
    return {"@type": "xsd:integer", "@value": str(number)}


def without_nothing(node: Node) -> Node:
    """Return the node without the properties that have no value."""
    return {name: value for name, value in node.items() if value is not None and value not in ([], {})}
