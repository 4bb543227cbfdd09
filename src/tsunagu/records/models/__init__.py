"""The tables. Only this floor imports them; a table of an agency's own carries `agency_id` for row-level security."""

from tsunagu.records.models.alerts import AlertNoteRow, AlertPartyRow, AlertPersonRow, AlertRow, AlertStepRow
from tsunagu.records.models.banks import Bank, BankImport, BankItem, LookUpDay, LookUpHit, RecentQuery
from tsunagu.records.models.cases import Case, CaseMember, Exhibit, ExhibitKeyRow
from tsunagu.records.models.claims import ClaimRow, InterestRow
from tsunagu.records.models.clues import AssessmentRow, ClueRow
from tsunagu.records.models.comparisons import ComparedCase, ComparisonHitRow, ComparisonRow
from tsunagu.records.models.enquiries import EnquiryRow
from tsunagu.records.models.enquiry_requests import EnquiryRequestRow, EnquiryRequestSourceRow
from tsunagu.records.models.gate import GateStepRow, JuvenileRow
from tsunagu.records.models.grants import GrantRow, ProposalRow, RevealRow
from tsunagu.records.models.guests import GuestAnswerRow, GuestRow
from tsunagu.records.models.hub import HubIncoming, HubKey, HubMember, HubOutgoing, HubSeen
from tsunagu.records.models.incoming_lists import IncomingListRow
from tsunagu.records.models.intakes import Intake, IntakeChange, IntakeFile
from tsunagu.records.models.law import LawReviewRow, LawRuleSet
from tsunagu.records.models.life import CaseReason, Erasure, RetentionRule
from tsunagu.records.models.media import HeldSnapshot, Holding, MediaItem, Trace
from tsunagu.records.models.overlaps import HitRow, JudgementRow, Overlap, OverlapNotice
from tsunagu.records.models.people import (
    Agency,
    AgencyPlaceRow,
    ApiKeyRow,
    Invitation,
    Login,
    Officer,
    ProviderSubject,
    SignIn,
    ThrottleRow,
    WebSession,
)
from tsunagu.records.models.persons import (
    PersonOpeningRow,
    PersonRecallRow,
    PersonRow,
    PersonStepRow,
    PersonTieRow,
    PersonToldRow,
    PersonWithdrawalRow,
)
from tsunagu.records.models.referrals import ReferralCaseRow, ReferralRow, ReferralSourceRow, ReferralStepRow
from tsunagu.records.models.reports import ReportContentRow, ReportKeyRow, ReportRow, ReportStepRow
from tsunagu.records.models.seized import (
    ListedPersonRow,
    PairAnswerRow,
    PrefectureDecisionRow,
    SavedMappingRow,
    SeizedChunkRow,
    SeizedListRow,
    SeizedPieceRow,
)
from tsunagu.records.models.series import (
    PublishedItem,
    Series,
    SeriesAlias,
    SeriesCase,
    SeriesItemRow,
    SeriesPlacing,
    SeriesStep,
)
from tsunagu.records.models.statistics import StatVintageRow
from tsunagu.records.models.submissions import SubmissionItemRow, SubmissionRow
from tsunagu.records.models.titles import TitleAssessmentRow, TitleRow
from tsunagu.records.models.vault import VaultedContent, VaultKey
from tsunagu.records.models.votes import DisputeRow, SchemeRow, VoteRow

__all__ = [
    "Agency",
    "AgencyPlaceRow",
    "AlertNoteRow",
    "AlertPartyRow",
    "AlertPersonRow",
    "AlertRow",
    "AlertStepRow",
    "ApiKeyRow",
    "AssessmentRow",
    "Bank",
    "BankImport",
    "BankItem",
    "Case",
    "CaseMember",
    "CaseReason",
    "ClaimRow",
    "ClueRow",
    "ComparedCase",
    "ComparisonHitRow",
    "ComparisonRow",
    "DisputeRow",
    "EnquiryRequestRow",
    "EnquiryRequestSourceRow",
    "EnquiryRow",
    "Erasure",
    "Exhibit",
    "ExhibitKeyRow",
    "GateStepRow",
    "GrantRow",
    "GuestAnswerRow",
    "GuestRow",
    "HeldSnapshot",
    "HitRow",
    "Holding",
    "HubIncoming",
    "HubKey",
    "HubMember",
    "HubOutgoing",
    "HubSeen",
    "IncomingListRow",
    "Intake",
    "IntakeChange",
    "IntakeFile",
    "InterestRow",
    "Invitation",
    "JudgementRow",
    "JuvenileRow",
    "LawReviewRow",
    "LawRuleSet",
    "ListedPersonRow",
    "Login",
    "LookUpDay",
    "LookUpHit",
    "MediaItem",
    "Officer",
    "Overlap",
    "OverlapNotice",
    "PairAnswerRow",
    "PersonOpeningRow",
    "PersonRecallRow",
    "PersonRow",
    "PersonStepRow",
    "PersonTieRow",
    "PersonToldRow",
    "PersonWithdrawalRow",
    "PrefectureDecisionRow",
    "ProposalRow",
    "ProviderSubject",
    "PublishedItem",
    "RecentQuery",
    "ReferralCaseRow",
    "ReferralRow",
    "ReferralSourceRow",
    "ReferralStepRow",
    "ReportContentRow",
    "ReportKeyRow",
    "ReportRow",
    "ReportStepRow",
    "RetentionRule",
    "RevealRow",
    "SavedMappingRow",
    "SchemeRow",
    "SeizedChunkRow",
    "SeizedListRow",
    "SeizedPieceRow",
    "Series",
    "SeriesAlias",
    "SeriesCase",
    "SeriesItemRow",
    "SeriesPlacing",
    "SeriesStep",
    "SignIn",
    "StatVintageRow",
    "SubmissionItemRow",
    "SubmissionRow",
    "ThrottleRow",
    "TitleAssessmentRow",
    "TitleRow",
    "Trace",
    "VaultKey",
    "VaultedContent",
    "VoteRow",
    "WebSession",
]
