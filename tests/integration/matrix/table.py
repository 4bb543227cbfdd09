"""The table: of every field, who may be told its values and by which doors. The tests have no other list of that.

A field that is missing here, or is here and not in the tables, fails `test_every_field_is_in_the_table`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tsunagu.clues.weighing import METHOD
from tsunagu.domain import errors
from tsunagu.domain.act import Act
from tsunagu.domain.agency_tree import AgencyKind
from tsunagu.domain.alert import HandOver, Priority, RefusalReason
from tsunagu.domain.alert_path import AlertState, AlertStepKind
from tsunagu.domain.assessment import CountryState
from tsunagu.domain.bank import BankSemantics, Opinion
from tsunagu.domain.claim import InterestKind
from tsunagu.domain.clue import Bearing, ClueKind, Support
from tsunagu.domain.country import CODES
from tsunagu.domain.enquiry import EnquiryResult
from tsunagu.domain.erasure import ErasureGround
from tsunagu.domain.figure import FigureStatus
from tsunagu.domain.fingerprint import FingerprintKind, SoundKind
from tsunagu.domain.gate import GateStepKind
from tsunagu.domain.grant import ProposalKind
from tsunagu.domain.guest import GuestEnd
from tsunagu.domain.hit import EvidenceKind
from tsunagu.domain.incoming_list import ListState
from tsunagu.domain.intake_run import IntakeSource, IntakeState
from tsunagu.domain.judgement import Judgement, Sameness
from tsunagu.domain.media import MediaType, Refusal
from tsunagu.domain.outcome import AgeBand, Disposal, OutcomeCode, PersonRole
from tsunagu.domain.overlap import Commonness, Strength
from tsunagu.domain.permission import Permission, Role
from tsunagu.domain.person import CourtFinding, PersonEnd, PersonKind, ReceiverKind, TieReason
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.referral import ReferralStepKind, ReturnReason
from tsunagu.domain.report import SourceKind
from tsunagu.domain.report_steps import DuplicateGround, ReportState, ReportStepKind
from tsunagu.domain.reveal import RevealMeans
from tsunagu.domain.scheme import Grade
from tsunagu.domain.seized import UNKNOWN_PREFECTURE
from tsunagu.domain.series import Distributed, SeriesStatus
from tsunagu.domain.series_steps import StepKind
from tsunagu.domain.submission import Rejection, SubmissionState
from tsunagu.domain.title import TitleValue
from tsunagu.exchange.reading import Of256Bits
from tsunagu.exchange.registry import READERS
from tsunagu.resolution.residence import Confidence, Method
from tsunagu.services.banks import imports as bank_imports

from .doors import KINDS
from .who import Who

W = Who


@dataclass(frozen=True)
class Told:
    """To whom a field's values are told, by kind of door; where a kind is missing, to nobody."""

    by: dict[str, frozenset[Who]]

    def to(self, kind: str) -> frozenset[Who]:
        return self.by.get(kind, frozenset())


def told(*to: Who, page: Iterable[Who] = (), api: Iterable[Who] = (), command: Iterable[Who] = ()) -> Told:
    """Return to whom something is told: `to` by every kind of door, the others by that kind alone."""
    more = dict(zip(KINDS, (page, api, command), strict=True))
    return Told({kind: frozenset({*to, *more[kind]}) for kind in KINDS})


LEDGER = told(W.AUDITS)
ON_AN_ALERT = told(page=[W.HAS_SHARED], command=[W.HAS_SHARED])
"""Every alert here is raised from a case that was shared: who is told works on either, or at the agency that has it."""
TABLE = {
    "Agency.contact": told(W.IS_TOLD, api=[W.OWN_AGENCY]),
    "Agency.id": told(W.AUDITS_A_SIDE),
    "Agency.local_name": told(page=[W.HAS_SHARED]),
    "Agency.name": told(W.IS_TOLD, page=[W.READS_BANKS], api=[W.OWN_AGENCY], command=[W.OWN_AGENCY]),
    "AlertNoteRow.id": LEDGER,
    "AlertNoteRow.words": ON_AN_ALERT,
    "AlertPersonRow.part": ON_AN_ALERT,
    "AlertRow.finding": ON_AN_ALERT,
    "AlertRow.id": told(W.AUDITS_A_SIDE, page=[W.HAS_SHARED], command=[W.HAS_SHARED]),
    "AlertRow.reason": ON_AN_ALERT,
    "AlertStepRow.document": told(command=[W.HAS_SHARED]),
    "AlertStepRow.words": ON_AN_ALERT,
    "ApiKeyRow.id": told(W.HIMSELF, W.AUDITS),
    "ApiKeyRow.name": told(W.HIMSELF),
    "AssessmentRow.id": told(W.AUDITS, command=[W.WORKS_ON_IT]),
    "AssessmentRow.statement": told(page=[W.WORKS_ON_IT], command=[W.WORKS_ON_IT]),
    "Bank.id": LEDGER,
    "Bank.legal_ground": told(W.READS_BANKS),
    "Bank.name": told(W.READS_BANKS),
    "BankImport.id": LEDGER,
    "BankItem.details.comments": told(page=[W.READS_BANKS]),
    "BankItem.md5": told(page=[W.READS_BANKS]),
    "BankItem.pdq": told(page=[W.READS_BANKS]),
    "BankItem.sha1": told(page=[W.READS_BANKS]),
    "BankItem.sha256": told(page=[W.READS_BANKS]),
    "Case.id": LEDGER,
    "Case.reference": told(W.WORKS_ON_IT, W.HAS_SHARED),
    "ClueRow.id": LEDGER,
    "ClueRow.text": told(page=[W.WORKS_ON_IT], command=[W.WORKS_ON_IT]),
    "ClueRow.withdrawn_why": told(page=[W.WORKS_ON_IT], command=[W.WORKS_ON_IT]),
    "ComparisonRow.id": told(W.AUDITS, page=[W.WORKS_ON_IT], command=[W.WORKS_ON_IT]),
    "ComparisonRow.reason": told(page=[W.WORKS_ON_IT], command=[W.WORKS_ON_IT]),
    "EnquiryRequestRow.id": told(W.AUDITS, page=[W.WORKS_ON_IT], command=[W.WORKS_ON_IT]),
    "EnquiryRow.id": LEDGER,
    "EnquiryRow.receiver": told(page=[W.WORKS_ON_IT], command=[W.WORKS_ON_IT]),
    "EnquiryRow.what": told(page=[W.WORKS_ON_IT], command=[W.WORKS_ON_IT]),
    "EnquiryRow.words": told(page=[W.WORKS_ON_IT], command=[W.WORKS_ON_IT]),
    "Erasure.case_id": LEDGER,
    "Erasure.exhibit_id": LEDGER,
    "Erasure.id": LEDGER,
    "Exhibit.id": LEDGER,
    "Exhibit.reference": told(W.WORKS_ON_IT),
    "ClaimRow.id": told(W.AUDITS, command=[W.WORKS_ON_IT]),
    "ClaimRow.reason": told(page=[W.WORKS_ON_IT], command=[W.WORKS_ON_IT]),
    "DisputeRow.reason": told(page=[W.WORKS_ON_IT], command=[W.WORKS_ON_IT]),
    "ExhibitKeyRow.id": LEDGER,
    "GrantRow.id": told(page=[W.GRANTS], command=[W.GRANTS]),
    "GuestAnswerRow.words": told(page=[W.WORKS_ON_IT, W.IS_GUEST], command=[W.WORKS_ON_IT, W.IS_GUEST]),
    "GuestRow.asked": told(page=[W.WORKS_ON_IT, W.IS_GUEST], command=[W.WORKS_ON_IT, W.IS_GUEST]),
    "GuestRow.id": told(W.AUDITS_A_SIDE, page=[W.WORKS_ON_IT, W.IS_GUEST], command=[W.WORKS_ON_IT, W.IS_GUEST]),
    "HitRow.id": told(W.HAS_SHARED, W.AUDITS_SHARED),
    "Holding.path": told(W.WORKS_ON_IT),
    "IncomingListRow.id": told(W.AUDITS, page=[W.READS_BANKS]),
    "IncomingListRow.name": told(page=[W.READS_BANKS]),
    "Intake.id": told(W.AUDITS, page=[W.WORKS_ON_IT], api=[W.WORKS_ON_IT]),
    "IntakeChange.path": told(page=[W.WORKS_ON_IT]),
    "LawReviewRow.id": LEDGER,
    "LawReviewRow.reviewer": told(page=[W.READS_LAW], command=[W.READS_LAW]),
    "LawReviewRow.row_sha256": told(command=[W.READS_LAW]),
    "LawRuleSet.id": LEDGER,
    "LawRuleSet.sha256": told(page=[W.READS_LAW], command=[W.READS_LAW]),
    "LawRuleSet.text": told(command=[W.READS_LAW]),
    "ListedPersonRow.id": LEDGER,
    "MediaItem.sha256": told(W.HOLDS_IT, page=[W.IS_GUEST, W.IS_SENT], command=[W.IS_GUEST, W.IS_SENT]),
    "Officer.id": told(W.AUDITS, page=[W.ENROLS]),
    "Officer.login": told(
        W.HIMSELF,
        page=[W.WORKS_ON_IT, W.ENROLS, W.CONFIRMS, W.AUDITS, W.READS_QUEUE],
        command=[W.WORKS_ON_IT, W.ENROLS, W.CONFIRMS, W.AUDITS, W.READS_QUEUE],
    ),
    "Officer.name": told(page=[W.HIMSELF, W.WORKS_ON_IT, W.ENROLS], command=[W.WORKS_ON_IT, W.ENROLS]),
    "OverlapNotice.overlap_id": told(W.IS_NOTIFIED, W.IS_TOLD, W.AUDITS_A_SIDE),
    "OverlapNotice.revealed.case": told(W.HAS_SHARED),
    "OverlapNotice.revealed.reasons": told(W.HAS_SHARED),
    "PersonOpeningRow.id": told(W.AUDITS, command=[W.WORKS_ON_IT]),
    "PersonRow.code": told(page=[W.WORKS_ON_IT], command=[W.WORKS_ON_IT]),
    "PersonRow.id": LEDGER,
    "PersonStepRow.ground": told(page=[W.WORKS_ON_IT], command=[W.WORKS_ON_IT]),
    "PersonTieRow.ground": told(page=[W.WORKS_ON_IT], command=[W.WORKS_ON_IT]),
    "PrefectureDecisionRow.reason": told(page=[W.WORKS_ON_IT], command=[W.WORKS_ON_IT]),
    "ProposalRow.id": told(W.AUDITS, page=[W.CONFIRMS], command=[W.CONFIRMS]),
    "ProposalRow.terms.login": told(page=[W.CONFIRMS], command=[W.CONFIRMS]),
    "ProposalRow.terms.name": told(page=[W.CONFIRMS], command=[W.CONFIRMS]),
    "ReportRow.id": told(W.AUDITS, page=[W.READS_REPORTS], command=[W.READS_REPORTS]),
    "ReportRow.source": told(page=[W.READS_REPORTS], command=[W.READS_REPORTS]),
    "ReportRow.source_reference": told(page=[W.READS_REPORTS], command=[W.READS_REPORTS]),
    "ReferralRow.id": told(W.AUDITS, page=[W.WORKS_ON_IT], command=[W.WORKS_ON_IT]),
    "RevealRow.id": LEDGER,
    "SchemeRow.elements.code": told(page=[W.WORKS_ON_IT], command=[W.READS_SERIES]),
    "SchemeRow.elements.answers": told(page=[W.WORKS_ON_IT], command=[W.READS_SERIES]),
    "SchemeRow.elements.question_en": told(page=[W.WORKS_ON_IT], command=[W.READS_SERIES]),
    "SavedMappingRow.id": LEDGER,
    "SchemeRow.id": LEDGER,
    "SchemeRow.name": told(page=[W.WORKS_ON_IT], command=[W.READS_SERIES]),
    "SeizedListRow.id": LEDGER,
    "SeizedListRow.sha256": told(W.AUDITS, page=[W.WORKS_ON_IT], command=[W.WORKS_ON_IT]),
    "Series.id": told(W.AUDITS, command=[W.WORKS_ON_IT]),
    "Series.name": told(page=[W.WORKS_ON_IT, W.IS_GUEST, W.IS_SENT], command=[W.WORKS_ON_IT, W.IS_GUEST, W.IS_SENT]),
    "SeriesAlias.alias": told(page=[W.WORKS_ON_IT, W.IS_GUEST], command=[W.WORKS_ON_IT, W.IS_GUEST]),
    "SeriesStep.reason": told(page=[W.WORKS_ON_IT], command=[W.WORKS_ON_IT]),
    "SeriesStep.step_id": told(W.AUDITS, page=[W.WORKS_ON_IT], command=[W.WORKS_ON_IT]),
    "SubmissionItemRow.words": told(page=[W.WORKS_ON_IT, W.IS_SENT], command=[W.WORKS_ON_IT, W.IS_SENT]),
    "SubmissionRow.id": told(W.AUDITS_A_SIDE, page=[W.WORKS_ON_IT, W.IS_SENT], command=[W.WORKS_ON_IT, W.IS_SENT]),
    "SubmissionRow.investigation": told(page=[W.WORKS_ON_IT, W.IS_SENT], command=[W.WORKS_ON_IT, W.IS_SENT]),
    "ledger entry": told(W.AUDITS, page=[W.HIMSELF, W.WORKS_ON_IT]),
    "watched folder": told(page=[W.WORKS_ON_IT]),
}
"""What is told. Where two fields hold the same text, it is told to those of either."""

SECRET = "opens something, or is the keyed trace of what does"
TRACE = "compared, and never shown"
NUMBERED = "a number by which rows find each other"
KEPT = "kept, and shown by no door"
AT_THE_HOST = "kept, and told by an operator's command alone"
NEVER = {
    "Agency.code": AT_THE_HOST,
    "AlertPartyRow.id": NUMBERED,
    "AlertPersonRow.id": NUMBERED,
    "AlertStepRow.digest": TRACE,
    "AlertStepRow.id": NUMBERED,
    "AlertStepRow.key": TRACE,
    "ApiKeyRow.token_mac": SECRET,
    "BankImport.content": TRACE,
    "BankItem.id": NUMBERED,
    "BankItem.key": TRACE,
    "CaseMember.id": NUMBERED,
    "CaseReason.id": NUMBERED,
    "CaseReason.reason": KEPT,
    "Erasure.case_mac": SECRET,
    "Erasure.exhibit_mac": SECRET,
    "Erasure.peaks": "half of a proof, until the erasure has ended",
    "ExhibitKeyRow.public_key": "proves scans; the private part was given out",
    "GateStepRow.id": NUMBERED,
    "GateStepRow.sealed": SECRET,
    "GuestAnswerRow.id": NUMBERED,
    "Holding.id": NUMBERED,
    "Holding.path_digest": TRACE,
    "IncomingListRow.categories": KEPT,
    "Intake.folder": KEPT,
    "IntakeChange.id": NUMBERED,
    "IntakeChange.path_digest": TRACE,
    "IntakeFile.id": NUMBERED,
    "IntakeFile.name": "the uploading browser knows it; the row goes when the file has been examined",
    "IntakeFile.name_digest": TRACE,
    "Invitation.id": SECRET,
    "Invitation.token_mac": SECRET,
    "JudgementRow.id": NUMBERED,
    "JuvenileRow.id": NUMBERED,
    "JuvenileRow.key": SECRET,
    "JuvenileRow.sealed": SECRET,
    "SavedMappingRow.sealed": SECRET,
    "LookUpDay.id": NUMBERED,
    "LookUpHit.id": NUMBERED,
    "MediaItem.codecs": KEPT,
    "MediaItem.id": NUMBERED,
    "MediaItem.md5": TRACE,
    "MediaItem.sha1": TRACE,
    "MediaItem.tags": KEPT,
    "Officer.password": SECRET,
    "OverlapNotice.id": NUMBERED,
    "PairAnswerRow.id": NUMBERED,
    "PairAnswerRow.reason": KEPT,
    "PersonOpeningRow.sealed": SECRET,
    "PersonRecallRow.answer": SECRET,
    "PersonRecallRow.id": NUMBERED,
    "PersonRecallRow.sealed": SECRET,
    "PersonStepRow.id": NUMBERED,
    "PersonStepRow.sealed": SECRET,
    "PersonTieRow.id": NUMBERED,
    "PersonTieRow.sealed": SECRET,
    "PersonToldRow.id": NUMBERED,
    "PersonToldRow.sealed": SECRET,
    "PersonWithdrawalRow.id": NUMBERED,
    "PrefectureDecisionRow.id": NUMBERED,
    "ProviderSubject.sealed": SECRET,
    "RecentQuery.id": NUMBERED,
    "RecentQuery.pdq": TRACE,
    "ReferralCaseRow.id": NUMBERED,
    "ReferralRow.key": SECRET,
    "ReferralRow.sealed": SECRET,
    "ReferralSourceRow.id": NUMBERED,
    "ReferralStepRow.document": TRACE,
    "ReferralStepRow.id": NUMBERED,
    "ReferralStepRow.sealed": SECRET,
    "ReportContentRow.sealed": SECRET,
    "ReportKeyRow.id": NUMBERED,
    "ReportKeyRow.mac": TRACE,
    "ReportRow.content": TRACE,
    "ReportStepRow.id": NUMBERED,
    "ReportStepRow.sealed": SECRET,
    "RevealRow.reason": KEPT,
    "DisputeRow.id": NUMBERED,
    "ComparisonHitRow.id": NUMBERED,
    "InterestRow.id": NUMBERED,
    "VoteRow.id": NUMBERED,
    "SeizedChunkRow.id": NUMBERED,
    "SeizedChunkRow.sealed": SECRET,
    "SeizedListRow.described": SECRET,
    "SeizedListRow.facts": SECRET,
    "SeizedListRow.key": SECRET,
    "SeizedListRow.links": SECRET,
    "SeizedListRow.oddities": SECRET,
    "SeizedPieceRow.id": NUMBERED,
    "SeizedPieceRow.sealed": SECRET,
    "SeriesAlias.id": NUMBERED,
    "SeriesCase.id": NUMBERED,
    "PublishedItem.id": NUMBERED,
    "SeriesItemRow.id": NUMBERED,
    "SeriesPlacing.id": NUMBERED,
    "SeriesStep.id": NUMBERED,
    "SignIn.id": NUMBERED,
    "SignIn.token_mac": SECRET,
    "StatVintageRow.id": NUMBERED,
    "EnquiryRequestRow.answer": SECRET,
    "EnquiryRequestRow.document": TRACE,
    "EnquiryRequestRow.key": SECRET,
    "EnquiryRequestRow.sealed": SECRET,
    "EnquiryRequestSourceRow.id": NUMBERED,
    "StatVintageRow.sealed": SECRET,
    "SubmissionItemRow.id": NUMBERED,
    "SubmissionItemRow.line": TRACE,
    "TitleAssessmentRow.id": NUMBERED,
    "TitleAssessmentRow.sealed": SECRET,
    "TitleRow.id": NUMBERED,
    "TitleRow.sealed": SECRET,
    "Trace.data": TRACE,
    "Trace.id": NUMBERED,
    "Trace.turns": TRACE,
    "VaultKey.sealed": SECRET,
    "VaultedContent.id": NUMBERED,
}
"""What no door tells anybody, and why it is there all the same."""

PACKAGED = {
    "Agency.name",
    # A bank that knows an item by its series knows it by the digests of the item.
    "BankItem.md5",
    "BankItem.sha1",
    "BankItem.sha256",
    "Case.reference",
    "Exhibit.reference",
    "Holding.path",
    "MediaItem.codecs",
    "MediaItem.md5",
    "MediaItem.sha1",
    "MediaItem.sha256",
    "MediaItem.tags",
    "Officer.login",
    "Trace.data",
    "Trace.turns",
    "ledger entry",
}
"""What a package tells besides opaque ids, of its own case alone; codecs, tags and traces nothing else tells."""

KINDS_OF_TRACES = {one.code for one in (*FingerprintKind, *SoundKind)}
ERRORS = {one.code for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.TsunaguError)}
GRADINGS = {f"{letter}{digit}" for letter in "ABCDE" for digit in "12345"}
PREFECTURES = {f"{code:02}" for code in range(1, 48)}
WORDS = {
    "Agency.country": {"DK"},
    "Agency.kind": AgencyKind,
    "AlertPersonRow.age": AgeBand,
    "AlertPersonRow.disposals": Disposal,
    "AlertPersonRow.role": PersonRole,
    "AlertRow.evidence.strength": Strength,
    "AlertRow.grounds": CODES,
    "AlertRow.priority": Priority,
    "AlertRow.purposes": Purpose,
    "AlertStepRow.children": (),
    "AlertStepRow.form": HandOver,
    "AlertStepRow.kind": AlertStepKind,
    "AlertStepRow.methods": (),
    "AlertStepRow.refusal": RefusalReason,
    "AlertStepRow.schools": (),
    "AlertStepRow.state": AlertState,
    "ApiKeyRow.scopes": Permission,
    "AssessmentRow.clues": (),
    "AssessmentRow.method": {METHOD},
    "AssessmentRow.state": CountryState,
    "AssessmentRow.weighed.countries": CODES,
    "AssessmentRow.weighed.places": (),
    "Bank.semantics": BankSemantics,
    "BankImport.failure": ERRORS | {bank_imports.OVERTAKEN},
    "BankImport.failure_reason": (),
    "BankImport.format": READERS,
    "BankImport.lost_fields": (),
    "BankImport.refused": (),
    "BankImport.stated.of_256_bits": Of256Bits,
    "BankItem.opinion": Opinion,
    "BankItem.quarantine": (),
    "Case.purpose": Purpose,
    "CaseReason.act": Act,
    "ClueRow.bearing": Bearing,
    "ClueRow.countries": CODES,
    "ClueRow.kind": ClueKind,
    "ClueRow.places": (),
    "ClueRow.region": (),
    "ClueRow.span": (),
    "ClueRow.support": Support,
    "ComparisonRow.purpose": Purpose,
    "EnquiryRow.result": EnquiryResult,
    "Erasure.ground": ErasureGround,
    "GateStepRow.kind": GateStepKind,
    "GrantRow.permission": Permission,
    "GuestAnswerRow.bearing": Bearing,
    "GuestAnswerRow.countries": CODES,
    "GuestAnswerRow.grading": GRADINGS,
    "GuestAnswerRow.places": (),
    "GuestAnswerRow.support": Support,
    "GuestRow.end": GuestEnd,
    "GuestRow.purpose": Purpose,
    "HitRow.commonness": Commonness,
    "HitRow.kind": EvidenceKind,
    "HitRow.stretches": (),
    "Holding.refused": Refusal,
    "IncomingListRow.failure": ERRORS,
    "IncomingListRow.format": READERS,
    "IncomingListRow.of_256_bits": Of256Bits,
    "IncomingListRow.state": ListState,
    "Intake.failure": ERRORS,
    "Intake.purpose": Purpose,
    "Intake.refused": Refusal,
    "Intake.source": IntakeSource,
    "Intake.state": IntakeState,
    "JudgementRow.answer": Judgement,
    "JudgementRow.sameness": Sameness,
    "MediaItem.media_type": {one.mime for one in MediaType},
    "MediaItem.parked": ERRORS,
    "MediaItem.refused": Refusal,
    "ListedPersonRow.alternatives": PREFECTURES,
    "ListedPersonRow.confidence": Confidence,
    "ListedPersonRow.method": Method,
    "ListedPersonRow.prefecture": PREFECTURES,
    "ListedPersonRow.rows": (),
    "Officer.roles": Role,
    "OverlapNotice.revealed.strength": Strength,
    "PairAnswerRow.answer": Judgement,
    "StatVintageRow.status": FigureStatus,
    "PersonOpeningRow.purpose": Purpose,
    "PersonRecallRow.kind": ReceiverKind,
    "PersonRow.kind": PersonKind,
    "PersonStepRow.grading": GRADINGS,
    "PersonStepRow.value": {*OutcomeCode, *PersonRole, *CourtFinding},
    "PersonTieRow.grading": GRADINGS,
    "PersonTieRow.reason": TieReason,
    "PersonWithdrawalRow.kind": PersonKind,
    "PersonWithdrawalRow.why": PersonEnd,
    "PrefectureDecisionRow.prefecture": PREFECTURES | {UNKNOWN_PREFECTURE},
    "PrefectureDecisionRow.rows": (),
    "ProposalRow.kind": ProposalKind,
    "ProposalRow.terms.ground": ErasureGround,
    "ProposalRow.terms.permission": Permission,
    "ReferralRow.form": HandOver,
    "ReferralStepRow.age": AgeBand,
    "ReferralStepRow.disposals": Disposal,
    "ReferralStepRow.kind": ReferralStepKind,
    "ReferralStepRow.returned": ReturnReason,
    "ReferralStepRow.role": PersonRole,
    "ReportKeyRow.ground": DuplicateGround,
    "ReportRow.source_kind": SourceKind,
    "ReportRow.state": ReportState,
    "ReportStepRow.kind": ReportStepKind,
    "RevealRow.means": RevealMeans,
    "InterestRow.kind": InterestKind,
    "Series.distributed": Distributed,
    "Series.purpose": Purpose,
    "Series.purposes": Purpose,
    "Series.status": SeriesStatus,
    "SeriesStep.kind": StepKind,
    "SeizedListRow.refused": (),
    "TitleAssessmentRow.jurisdiction": CODES,
    "TitleAssessmentRow.value": TitleValue,
    "SubmissionItemRow.categories": (),
    "SubmissionItemRow.media_type": {one.mime for one in MediaType},
    "SubmissionItemRow.rejection": Rejection,
    "SubmissionItemRow.state": SubmissionState,
    "SubmissionRow.purpose": Purpose,
    "Trace.kind": KINDS_OF_TRACES,
    "VoteRow.grade": Grade,
}
"""What holds one word of a closed list, which everybody knows: it could be found anywhere."""

LINKS = {
    "AlertPartyRow.case_id": "Case.id",
    "AlertRow.agencies": "Agency.id",
    "AlertRow.case_id": "Case.id",
    "AlertRow.contributors": "Agency.id",
    "AlertRow.evidence.reasons": "OverlapNotice.revealed.reasons",
    "AlertNoteRow.officer_id": "Officer.id",
    "AlertStepRow.officer_id": "Officer.id",
    "ApiKeyRow.banks": "Bank.id",
    "GuestAnswerRow.case_id": "Case.id",
    "GuestAnswerRow.item_id": "MediaItem.id",
    "GuestRow.login": "Officer.login",
    "GuestRow.officer_id": "Officer.id",
    "HitRow.item_a": "MediaItem.id",
    "HitRow.item_b": "MediaItem.id",
    "Login.login": "Officer.login",
    "LookUpDay.api_key": "ApiKeyRow.id",
    "Overlap.agency_a": "Agency.id",
    "Overlap.agency_b": "Agency.id",
    "Overlap.case_a": "Case.id",
    "Overlap.case_b": "Case.id",
    "Overlap.id": "OverlapNotice.overlap_id",
    "OverlapNotice.case_id": "Case.id",
    "OverlapNotice.other_agency_id": "Agency.id",
    "OverlapNotice.shared_reference": "Case.reference",
    "PersonOpeningRow.case_id": "Case.id",
    "PersonOpeningRow.person_id": "PersonRow.id",
    "PersonRow.series": "Series.id",
    "PersonWithdrawalRow.person_id": "PersonRow.id",
    "ProposalRow.terms.case": "Case.id",
    "ProposalRow.terms.roles": "Officer.roles",
    "ProposalRow.terms.sha256": "LawRuleSet.sha256",
    "ReferralCaseRow.officer_id": "Officer.id",
    "ReferralStepRow.officer_id": "Officer.id",
    "ReportRow.had": "Agency.id",
    "ReportRow.joined_to": "ReportRow.id",
    "ReportStepRow.officer_id": "Officer.id",
    "ReportStepRow.other": "ReportRow.id",
    "ReportStepRow.to_agency": "Agency.id",
    "RevealRow.case_id": "Case.id",
    "RevealRow.item": "MediaItem.id",
    "RevealRow.place": "Holding.id",
    "ComparisonRow.case": "Case.id",
    "ComparisonRow.series": "Series.id",
    "InterestRow.case": "Case.id",
    "InterestRow.series": "Series.id",
    "Series.receivers": "Agency.id",
    "SeriesStep.value": "SeriesAlias.alias",
    "SubmissionItemRow.case_id": "Case.id",
    "SubmissionItemRow.exhibit_id": "Exhibit.id",
    "SubmissionItemRow.item_id": "MediaItem.id",
    "SubmissionItemRow.sha256": "MediaItem.sha256",
    "SubmissionRow.case_id": "Case.id",
    "SubmissionRow.name": "Series.name",
    "SubmissionRow.receivers": "Agency.id",
    "VaultedContent.sha256": "MediaItem.sha256",
    "VoteRow.answers": "SchemeRow.elements.answers",
}
"""What names another row or repeats what stands there, and is looked for there."""

OF_NOBODY = {
    "HeldSnapshot",
    "ComparedCase", "HubIncoming", "HubKey", "HubMember", "HubOutgoing", "HubSeen", "ThrottleRow", "WebSession"
}  # fmt: skip
"""Tables whose rows belong to no agency: keyed digests and sealed contents, and what is exchanged with other
installations, which is seen in the name of those alone."""

OPERATOR = {"Agency.id", "Case.id", "Erasure.case_id", "Erasure.exhibit_id", "Erasure.id"}
"""What an operator is told at the host: the opaque ids of erasures, which he holds for a restore."""

BY_SCOPE = {
    Permission.BANK_READ: {"Bank.legal_ground", "Bank.name"},
    Permission.CASE_READ: {"Case.reference", "Exhibit.reference"},
    Permission.MEDIA_INGEST: {"Case.reference", "Exhibit.reference", "Intake.id"},
    # Likewise.
    Permission.MEDIA_READ: {"BankItem.sha256", "Holding.path", "MediaItem.sha256"},
    Permission.NOTICE_READ: {
        "Case.reference", "OverlapNotice.overlap_id", "OverlapNotice.revealed.case", "OverlapNotice.revealed.reasons",
    },
    Permission.OVERLAP_READ: {
        "Case.reference", "Exhibit.reference", "HitRow.id", "Holding.path", "MediaItem.sha256",
        "OverlapNotice.overlap_id", "OverlapNotice.revealed.case", "OverlapNotice.revealed.reasons",
    },
}  # fmt: skip
"""What a key that was lent one permission alone tells of A, beside the officer's own; a key of another one, nothing."""
OF_ITS_OFFICER = {"Agency.contact", "Agency.name", "ApiKeyRow.id", "ApiKeyRow.name", "Officer.login"}
