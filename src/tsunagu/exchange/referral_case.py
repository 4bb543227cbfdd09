"""A referral as CASE 1.4 JSON-LD: one subject, what a list says of him, and each thing that officers state.

It is written from what was signed and adds nothing to it. A row of a list is what somebody has typed, so it never
becomes a name, a birth or an address of the person node: all that is said stands as assertions, each with whose it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from tsunagu.exchange.case_terms import CONTEXT, Ids, Node, hex_binary, integer, without_nothing

FORMAT: Final = "tsunagu-referral-case/1"
_CONTEXT: Final = CONTEXT | {
    "uco-location": CONTEXT["uco-core"].replace("/core/", "/location/"),
    "uco-role": CONTEXT["uco-core"].replace("/core/", "/role/"),
}
Fields = Mapping[str, Any]


def referral_as_case(fields: Fields) -> bytes:
    """Return a package as a document: ASCII, a node a line, the same bytes for the same package.

    Args:
        fields: what the package says, as it was signed.
    """
    ids = Ids(UUID(fields["referral"]))
    assertions = list(_assertions(fields, ids))
    nodes = [*_sides(fields, ids), *_person(fields, ids), *_exhibits(fields, ids), *assertions]
    nodes.insert(0, _investigation(fields, nodes, ids))
    lines = ",\n".join(json.dumps(without_nothing(one), separators=(",", ":")) for one in nodes)
    return f'{{"@context":{json.dumps(_CONTEXT)},\n"@graph":[\n{lines}\n]}}\n'.encode("ascii")


def _investigation(fields: Fields, nodes: Iterable[Node], ids: Ids) -> Node:
    cover = fields["cover"]
    kinds = {"uco-identity:Person", "case-investigation:Subject", "case-investigation:ProvenanceRecord"}
    kinds |= {"uco-core:Assertion", "uco-core:Relationship", "uco-location:Location"}
    return {
        "@id": ids.of("investigation"),
        "@type": "case-investigation:Investigation",
        "uco-core:name": cover["reference"],
        "uco-core:createdBy": ids.ref("organization", "from"),
        "uco-core:objectMarking": ids.ref("marking"),
        "case-investigation:investigationForm": "case",
        "case-investigation:investigationStatus": "open",
        "case-investigation:focus": fields["law"]["conduct"],
        "case-investigation:relevantAuthorization": ids.ref("authorization"),
        "uco-core:object": [{"@id": one["@id"]} for one in nodes if one["@type"] in kinds],
        "tsunagu:format": FORMAT,
        "tsunagu:writtenFrom": fields["format"],
        "tsunagu:referral": fields["referral"],
        "tsunagu:writtenAt": {"@type": "xsd:dateTime", "@value": fields["written_at"]},
        "tsunagu:handedOverBy": cover["form"],
        "tsunagu:handedOverTo": ids.ref("organization", "to"),
        "tsunagu:receiptSlip": list(fields["receipt"]),
    }


def _sides(fields: Fields, ids: Ids) -> Iterator[Node]:
    """Yield the two agencies, on what ground it is handed over, and how it is to be handled."""
    cover, handling = fields["cover"], fields["handling"]
    for side in ("from", "to"):
        said = cover[side]
        yield {
            "@id": ids.of("organization", side),
            "@type": "uco-identity:Organization",
            "uco-core:name": said["agency"],
            **_own({name: text for name, text in said.items() if name != "agency"}),
        }
    yield {
        "@id": ids.of("authorization"),
        "@type": "case-investigation:Authorization",
        "case-investigation:authorizationType": cover["form"],
        "case-investigation:authorizationIdentifier": cover["authority"],
    }
    yield {
        "@id": ids.of("marking"),
        "@type": "uco-marking:MarkingDefinition",
        "uco-marking:definitionType": "statement",
        "uco-marking:definition": {
            "@id": ids.of("statement-marking"),
            "@type": "uco-marking:StatementMarking",
            "uco-marking:definitionType": "statement",
            "uco-marking:statement": f"{handling['restriction']} To be erased after {handling['keep_until']}.",
        },
    }


def _person(fields: Fields, ids: Ids) -> Iterator[Node]:
    """Yield the person without a name, his role as a subject, and where he lives."""
    person = fields["person"]
    lives_in = person["prefecture"]
    yield {
        "@id": ids.of("person"),
        "@type": "uco-identity:Person",
        "tsunagu:standing": person["standing"],
        "tsunagu:rows": [integer(row) for row in person["rows"]],
    }
    yield {"@id": ids.of("subject"), "@type": "case-investigation:Subject", "uco-core:name": person["standing"]}
    yield {
        "@id": ids.of("location"),
        "@type": "uco-location:Location",
        "uco-core:hasFacet": {
            "@id": ids.of("simple-address-facet"),
            "@type": "uco-location:SimpleAddressFacet",
            "uco-location:country": fields["cover"]["from"]["country"],
            "uco-location:region": lives_in["name"],
        },
        **_own(lives_in),
    }
    for kind, other in (("Has_Role", "subject"), ("Located_At", "location")):
        yield {
            "@id": ids.of("relationship", other),
            "@type": "uco-core:Relationship",
            "uco-core:source": ids.ref("person"),
            "uco-core:target": ids.ref(other),
            "uco-core:kindOfRelationship": kind,
            "uco-core:isDirectional": True,
        }


def _exhibits(fields: Fields, ids: Ids) -> Iterator[Node]:
    for number, exhibit in enumerate(fields["exhibits"], 1):
        yield {
            "@id": ids.of("provenance-record", number),
            "@type": "case-investigation:ProvenanceRecord",
            "case-investigation:exhibitNumber": exhibit["reference"],
            "uco-core:object": ids.ref("file", number),
        }
        yield {
            "@id": ids.of("file", number),
            "@type": "uco-observable:File",
            "uco-core:hasFacet": {
                "@id": ids.of("content-data-facet", number),
                "@type": "uco-observable:ContentDataFacet",
                "uco-observable:sizeInBytes": integer(exhibit["bytes"]),
                "uco-observable:hash": {
                    "@id": ids.of("hash", number),
                    "@type": "uco-types:Hash",
                    "uco-types:hashMethod": "SHA256",
                    "uco-types:hashValue": hex_binary(bytes.fromhex(exhibit["sha256"])),
                },
            },
        }


def _assertions(fields: Fields, ids: Ids) -> Iterator[Node]:
    """Yield what is said, one thing at a time: rows of the list, findings of officers, texts of the law."""
    for number, (statement, said) in enumerate(_said(fields), 1):
        yield {
            "@id": ids.of("assertion", number),
            "@type": "uco-core:Assertion",
            "uco-core:statement": statement,
            **_own(said),
        }


def _said(fields: Fields) -> Iterator[tuple[str, Fields]]:
    for name, forms in fields["person"]["said"].items():
        for one in forms:
            yield f"rows of the list say of the {name}: {one['said']}", {"field": name, **one}
    for one in fields["purchases"]:
        yield f"row {one['row']} of the list says of a purchase", one
    for one in fields["checklist"]:
        yield f"the point {one['point']} is {one['showing']}", one
    for one in fields["titles"]:
        yield "a title that the rows name", one
    law = fields["law"]
    yield f"the conduct is held against the law of {law['act_on']}", {**law, "rules": ()}
    for one in law["rules"]:
        yield f"the rule {one['rule']} carries the decision", one
    for name, one in fields["facts"].items():
        yield f"recorded of the {name}", one
    yield "what asking whether others work on the same person came to", {"deconfliction": fields["deconfliction"]}
    for code in fields["not_known"]:
        yield f"not known: {code}", {"notKnown": code}


def _own(said: Fields) -> Node:
    """Return fields as properties of our own words; what has parts of its own is told as JSON."""
    told: Node = {}
    for name, value in said.items():
        first, *others = name.replace("-", "_").split("_")
        told[f"tsunagu:{first}{''.join(map(str.capitalize, others))}"] = _literal(value)
    return told


def _literal(value: Any) -> Any:
    match value:
        case bool() | str() | None:
            return value
        case int():
            return integer(value)
        case list() | tuple():
            return [_literal(one) for one in value]
        case _:
            return json.dumps(value, ensure_ascii=False, sort_keys=True)
