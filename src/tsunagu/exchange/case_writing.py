"""A case written as CASE 1.4 JSON-LD: the investigation, its exhibits, files, findings, and its chain of custody."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import BinaryIO

from tsunagu.domain.package import CustodyEntry, Finding, PackagedCase, PackagedExhibit, PackagedFile
from tsunagu.exchange.case_files import file_node
from tsunagu.exchange.case_terms import CONTEXT, FORMAT, Ids, Node, hex_binary, integer, moment, without_nothing


def write_case(
    case: PackagedCase,
    stream: BinaryIO,
    *,
    exhibits: Sequence[PackagedExhibit],
    files: Iterable[PackagedFile],
    findings: Sequence[Finding],
    custody: Sequence[CustodyEntry],
) -> int:
    """Write one case, and return how many files it has.

    ASCII, a node a line; what is said of the whole comes first. The same values give the same bytes. Of every file no
    more than its number stays in memory.

    Args:
        files: taken one at a time; each of one of the exhibits.
        stream: gets the document.
        findings: each on one of the files.
        custody: in the order of the ledger.
    """
    ids = Ids(case.case_id)
    places: dict[str, list[int]] = defaultdict(list)

    def counted() -> Iterator[Node]:
        for file in files:
            places[file.exhibit].append(file.number)
            yield file_node(file, ids)

    def nodes() -> Iterator[Node]:
        logins = {case.exported_by, *(one.registered_by for one in exhibits)}
        logins |= {one.judged_by for one in findings if one.judged_by} | {one.login for one in custody if one.login}
        yield from _whole(case, exhibits, len(findings), logins, ids)
        yield from counted()
        for exhibit in exhibits:
            yield _exhibit(exhibit, places[exhibit.reference], ids)
        for number, finding in enumerate(findings, 1):
            yield from _finding(number, finding, ids)
        for number, entry in enumerate(custody, 1):
            yield _deed(number, entry, exhibits, ids)

    stream.write(f'{{"@context":{json.dumps(CONTEXT)},\n"@graph":[\n'.encode("ascii"))
    texts = (json.dumps(node, separators=(",", ":")).encode("ascii") for node in nodes())
    stream.writelines(b",\n" + text if number else text for number, text in enumerate(texts))
    stream.write(b"\n]}\n")
    return sum(map(len, places.values()))


def _whole(
    case: PackagedCase, exhibits: Sequence[PackagedExhibit], findings: int, logins: Iterable[str], ids: Ids
) -> Iterator[Node]:
    """Yield the case itself, and who and what the other nodes name."""
    yield _investigation(case, exhibits, findings, ids)
    yield {
        "@id": ids.of("organization"),
        "@type": "uco-identity:Organization",
        "uco-core:name": case.agency,
        "tsunagu:country": case.country,
    }
    yield {
        "@id": ids.of("tool"),
        "@type": "uco-tool:AnalyticTool",
        "uco-core:name": "Tsunagu",
        "uco-tool:version": case.release,
    }
    yield _marking(case, ids)
    for login in sorted(logins):
        yield {"@id": ids.of("person", login), "@type": "uco-identity:Person", "uco-core:name": login}


def _investigation(case: PackagedCase, exhibits: Sequence[PackagedExhibit], findings: int, ids: Ids) -> Node:
    parts = [ids.ref("provenance-record", one.exhibit_id) for one in exhibits]
    parts += [ids.ref("analytic-result", number) for number in range(1, findings + 1)]
    node = {
        "@id": ids.of("investigation"),
        "@type": "case-investigation:Investigation",
        "uco-core:name": case.reference,
        "uco-core:createdBy": ids.ref("organization"),
        "uco-core:objectMarking": ids.ref("marking"),
        "uco-core:startTime": moment(case.opened_at),
        "uco-core:endTime": moment(case.closed_at) if case.closed_at else None,
        "case-investigation:investigationForm": "case",
        "case-investigation:investigationStatus": "closed" if case.closed_at else "open",
        "case-investigation:focus": case.purpose.value,
        "uco-core:object": parts,
        "tsunagu:format": FORMAT,
        "tsunagu:case": str(case.case_id),
        "tsunagu:covert": case.covert,
        "tsunagu:keepLimit": case.keep_limit.isoformat(),
        "tsunagu:waiting": integer(case.waiting),
        "tsunagu:exportedAt": moment(case.exported_at),
        "tsunagu:exportedBy": ids.ref("person", case.exported_by),
    }
    return without_nothing(node)


def _marking(case: PackagedCase, ids: Ids) -> Node:
    """Return how the package is to be handled, in words; the investigation says the same to programs."""
    covert = " The case is covert: an overlap of it is told to a co-ordinator alone." if case.covert else ""
    return {
        "@id": ids.of("marking"),
        "@type": "uco-marking:MarkingDefinition",
        "uco-marking:definitionType": "statement",
        "uco-marking:definition": {
            "@id": ids.of("statement-marking"),
            "@type": "uco-marking:StatementMarking",
            "uco-marking:definitionType": "statement",
            "uco-marking:statement": (
                f"For the purpose {case.purpose} alone. Not to be passed on without the consent of {case.agency}. "
                f"To be erased after {case.keep_limit}.{covert}"
            ),
        },
    }


def _exhibit(exhibit: PackagedExhibit, places: Sequence[int], ids: Ids) -> Node:
    return without_nothing(
        {
            "@id": ids.of("provenance-record", exhibit.exhibit_id),
            "@type": "case-investigation:ProvenanceRecord",
            "uco-core:objectCreatedTime": moment(exhibit.registered_at),
            "uco-core:createdBy": ids.ref("person", exhibit.registered_by),
            "case-investigation:exhibitNumber": exhibit.reference,
            "uco-core:object": [ids.ref("file", number) for number in places],
        }
    )


def _finding(number: int, finding: Finding, ids: Ids) -> Iterator[Node]:
    """Yield the machine's analysis, and its result with what a person answered: a hit is no match before he has."""
    yield {
        "@id": ids.of("analysis", number),
        "@type": ["uco-analysis:Analysis", "case-investigation:InvestigativeAction"],
        "uco-core:name": "compared with what is held",
        "uco-action:instrument": ids.ref("tool"),
        "uco-action:object": ids.ref("file", finding.number),
        "uco-action:result": ids.ref("analytic-result", number),
    }
    facet = {
        "@id": ids.of("finding-facet", number),
        "@type": ["uco-core:Facet", "tsunagu:FindingFacet"],
        "tsunagu:place": integer(finding.number),
        "tsunagu:evidence": finding.kind.value,
        "tsunagu:distanceBits": integer(finding.distance_bits),
        "tsunagu:turn": finding.turn.name.lower() if finding.turn is not None else None,
        "tsunagu:seconds": [f"{start!r}-{end!r}" for start, end in finding.seconds],
        "tsunagu:explainedByBenign": finding.silenced,
        "tsunagu:foundAgain": finding.holds,
        "tsunagu:judgement": finding.judgement.value,
        "tsunagu:sameness": finding.sameness.value if finding.sameness else None,
        "tsunagu:judgedAt": moment(finding.judged_at) if finding.judged_at else None,
        "tsunagu:judgedBy": ids.ref("person", finding.judged_by) if finding.judged_by else None,
    }
    yield {
        "@id": ids.of("analytic-result", number),
        "@type": "uco-analysis:AnalyticResult",
        "uco-core:objectMarking": ids.ref("marking"),
        "uco-core:hasFacet": without_nothing(facet),
    }


def _deed(number: int, entry: CustodyEntry, exhibits: Sequence[PackagedExhibit], ids: Ids) -> Node:
    body = json.loads(entry.body)
    done_to = next((one.exhibit_id for one in exhibits if one.reference == entry.exhibit), None)
    return without_nothing(
        {
            "@id": ids.of("investigative-action", number),
            "@type": "case-investigation:InvestigativeAction",
            "uco-core:name": body["act"],
            "uco-action:startTime": moment(datetime.fromisoformat(body["at"])),
            "uco-action:performer": ids.ref("person", entry.login) if entry.login else ids.ref("tool"),
            "uco-action:object": ids.ref("provenance-record", done_to) if done_to else ids.ref("investigation"),
            "case-investigation:wasInformedBy": ids.ref("investigative-action", number - 1) if number > 1 else None,
            "tsunagu:ledgerHash": hex_binary(entry.hash),
            "tsunagu:ledgerBody": entry.body,
        }
    )
