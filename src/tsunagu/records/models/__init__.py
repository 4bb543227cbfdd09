"""The tables. Only this floor imports them; a table of an agency's own carries `agency_id` for row-level security."""

from tsunagu.records.models.banks import Bank, BankImport, BankItem, LookUpDay, LookUpHit, RecentQuery
from tsunagu.records.models.cases import Case, CaseMember, Exhibit, ExhibitKeyRow
from tsunagu.records.models.clues import AssessmentRow, ClueRow
from tsunagu.records.models.grants import GrantRow, ProposalRow, RevealRow
from tsunagu.records.models.incoming_lists import IncomingListRow
from tsunagu.records.models.intakes import Intake, IntakeChange, IntakeFile
from tsunagu.records.models.life import CaseReason, Erasure, RetentionRule
from tsunagu.records.models.media import Holding, MediaItem, Trace
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
from tsunagu.records.models.vault import VaultedContent, VaultKey

__all__ = [
    "Agency",
    "AgencyPlaceRow",
    "ApiKeyRow",
    "AssessmentRow",
    "Bank",
    "BankImport",
    "BankItem",
    "Case",
    "CaseMember",
    "CaseReason",
    "ClueRow",
    "Erasure",
    "Exhibit",
    "ExhibitKeyRow",
    "GrantRow",
    "HitRow",
    "Holding",
    "IncomingListRow",
    "Intake",
    "IntakeChange",
    "IntakeFile",
    "Invitation",
    "JudgementRow",
    "Login",
    "LookUpDay",
    "LookUpHit",
    "MediaItem",
    "Officer",
    "Overlap",
    "OverlapNotice",
    "ProposalRow",
    "ProviderSubject",
    "RecentQuery",
    "RetentionRule",
    "RevealRow",
    "SignIn",
    "ThrottleRow",
    "Trace",
    "VaultKey",
    "VaultedContent",
    "WebSession",
]
