"""Permissions and roles: what an officer may do, as two closed lists."""

from enum import StrEnum
from types import MappingProxyType


class Permission(StrEnum):
    """One thing an officer may be allowed to do, as `subject:deed`, in alphabetical order."""

    AGENCY_PLACE = "agency:place"
    ALERT_ANSWER = "alert:answer"
    ALERT_RAISE = "alert:raise"
    ALERT_READ = "alert:read"
    BANK_CHANGE = "bank:change"
    BANK_DISTANCE = "bank:distance"
    BANK_READ = "bank:read"
    CASE_CLOSE = "case:close"
    CASE_DELETE = "case:delete"
    CASE_EXPORT = "case:export"
    CASE_KEEP = "case:keep"
    CASE_OPEN = "case:open"
    CASE_READ = "case:read"
    CASE_STAFF = "case:staff"
    CLAIM_MAKE = "claim:make"
    CLUE_RECORD = "clue:record"
    COMPARISON_ASK = "comparison:ask"
    COUNTRY_ASSESS = "country:assess"
    ENQUIRY_RECORD = "enquiry:record"
    EXHIBIT_WITHDRAW = "exhibit:withdraw"
    GATE_DECIDE = "gate:decide"
    GATE_RECORD = "gate:record"
    GUEST_ANSWER = "guest:answer"
    GUEST_INVITE = "guest:invite"
    HELD_NOTICE_RELEASE = "held-notice:release"
    HIT_JUDGE = "hit:judge"
    HUB_ACCEPT = "hub:accept"
    IDENTITY_OPEN = "identity:open"
    IDENTITY_REVIEW = "identity:review"
    ITEM_VOTE = "item:vote"
    JUVENILE_HANDLE = "juvenile:handle"
    LAW_CHANGE = "law:change"
    LAW_READ = "law:read"
    LAW_REVIEW = "law:review"
    LEDGER_READ = "ledger:read"
    MEDIA_INGEST = "media:ingest"
    MEDIA_LOOK_UP = "media:look_up"
    MEDIA_READ = "media:read"
    MEDIA_VAULT = "media:vault"
    MEDIA_VIEW = "media:view"
    NOTICE_ACKNOWLEDGE = "notice:acknowledge"
    NOTICE_READ = "notice:read"
    OFFICER_CONFIRM = "officer:confirm"
    OFFICER_ENROLL = "officer:enroll"
    OVERLAP_READ = "overlap:read"
    OVERLAP_SHARE = "overlap:share"
    PERMISSION_GRANT = "permission:grant"
    PERSON_READ = "person:read"
    PERSON_RECORD = "person:record"
    PERSON_WITHDRAW = "person:withdraw"
    REFERRAL_ANSWER = "referral:answer"
    REFERRAL_READ = "referral:read"
    REFERRAL_SEND = "referral:send"
    REPORT_ANSWER = "report:answer"
    REPORT_ENTER = "report:enter"
    REPORT_HANDLE = "report:handle"
    REPORT_READ = "report:read"
    RETENTION_SET = "retention:set"
    SCHEME_SET = "scheme:set"
    SEIZED_LIST_IMPORT = "seized-list:import"
    SEIZED_LIST_READ = "seized-list:read"
    SEIZED_LIST_REVIEW = "seized-list:review"
    SERIES_CHANGE = "series:change"
    SERIES_CLOSE = "series:close"
    SERIES_PUBLISH = "series:publish"
    SERIES_READ = "series:read"
    STATISTIC_FREEZE = "statistic:freeze"
    STATISTIC_READ = "statistic:read"
    SUBMISSION_RECEIVE = "submission:receive"
    SUBMISSION_SEND = "submission:send"
    TITLE_ASSESS = "title:assess"


class Role(StrEnum):
    """What an officer is at the agency. Administrators, auditors, counsel and statisticians see no content.

    A juvenile officer is one who is also assigned to juveniles: nobody else is shown any, a co-ordinator neither.
    """

    OFFICER = "officer"
    COORDINATOR = "coordinator"
    JUVENILE = "juvenile"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    COUNSEL = "counsel"
    STATISTICIAN = "statistician"


WORKING_ROLES = frozenset({Role.OFFICER, Role.COORDINATOR, Role.JUVENILE})
"""Roles that see content; nobody has one of them together with one that oversees them."""

_OFFICER = frozenset(
    {
        Permission.ALERT_ANSWER,
        Permission.ALERT_RAISE,
        Permission.ALERT_READ,
        Permission.BANK_CHANGE,
        Permission.BANK_DISTANCE,
        Permission.BANK_READ,
        Permission.CASE_CLOSE,
        Permission.CASE_DELETE,
        Permission.CASE_EXPORT,
        Permission.CASE_KEEP,
        Permission.CASE_OPEN,
        Permission.CASE_READ,
        Permission.CASE_STAFF,
        Permission.CLAIM_MAKE,
        Permission.CLUE_RECORD,
        Permission.COUNTRY_ASSESS,
        Permission.ENQUIRY_RECORD,
        Permission.EXHIBIT_WITHDRAW,
        Permission.GATE_DECIDE,
        Permission.GATE_RECORD,
        Permission.GUEST_ANSWER,
        Permission.GUEST_INVITE,
        Permission.HIT_JUDGE,
        Permission.ITEM_VOTE,
        Permission.LAW_READ,
        Permission.MEDIA_INGEST,
        Permission.MEDIA_LOOK_UP,
        Permission.MEDIA_READ,
        Permission.NOTICE_ACKNOWLEDGE,
        Permission.NOTICE_READ,
        Permission.OVERLAP_READ,
        Permission.OVERLAP_SHARE,
        Permission.PERSON_READ,
        Permission.PERSON_RECORD,
        Permission.PERSON_WITHDRAW,
        Permission.REFERRAL_ANSWER,
        Permission.REFERRAL_READ,
        Permission.REFERRAL_SEND,
        Permission.REPORT_ANSWER,
        Permission.REPORT_ENTER,
        Permission.REPORT_HANDLE,
        Permission.REPORT_READ,
        Permission.SEIZED_LIST_IMPORT,
        Permission.SEIZED_LIST_READ,
        Permission.SEIZED_LIST_REVIEW,
        Permission.SERIES_CHANGE,
        Permission.SERIES_READ,
        Permission.SUBMISSION_RECEIVE,
        Permission.SUBMISSION_SEND,
        Permission.TITLE_ASSESS,
    }
)

NEEDS_CERTIFICATION = frozenset(Permission) - {
    Permission.AGENCY_PLACE,
    Permission.HUB_ACCEPT,
    Permission.LAW_CHANGE,
    Permission.LAW_READ,
    Permission.LAW_REVIEW,
    Permission.LEDGER_READ,
    Permission.OFFICER_CONFIRM,
    Permission.OFFICER_ENROLL,
    Permission.PERMISSION_GRANT,
    Permission.RETENTION_SET,
    Permission.STATISTIC_FREEZE,
    Permission.STATISTIC_READ,
}
"""What is open only to an officer whose certification has not expired: all but what oversees, or is about the law or
figures alone, and reaches no content."""

ROLE_PERMISSIONS = MappingProxyType(
    {
        Role.OFFICER: _OFFICER,
        Role.COORDINATOR: _OFFICER
        | {
            Permission.AGENCY_PLACE,
            Permission.COMPARISON_ASK,
            Permission.HELD_NOTICE_RELEASE,
            Permission.HUB_ACCEPT,
            Permission.IDENTITY_REVIEW,
            Permission.LAW_CHANGE,
            Permission.OFFICER_CONFIRM,
            Permission.PERMISSION_GRANT,
            Permission.SCHEME_SET,
            Permission.SERIES_CLOSE,
            Permission.SERIES_PUBLISH,
            Permission.STATISTIC_READ,
        },
        Role.JUVENILE: _OFFICER | {Permission.JUVENILE_HANDLE},
        Role.ADMINISTRATOR: frozenset(
            {
                Permission.LAW_CHANGE,
                Permission.LAW_READ,
                Permission.OFFICER_CONFIRM,
                Permission.OFFICER_ENROLL,
                Permission.PERMISSION_GRANT,
                Permission.RETENTION_SET,
            }
        ),
        Role.AUDITOR: frozenset({Permission.LEDGER_READ}),
        Role.COUNSEL: frozenset({Permission.LAW_READ, Permission.LAW_REVIEW}),
        Role.STATISTICIAN: frozenset({Permission.STATISTIC_FREEZE, Permission.STATISTIC_READ}),
    }
)

BY_GRANT = frozenset({Permission.IDENTITY_OPEN, Permission.MEDIA_VAULT, Permission.MEDIA_VIEW})
"""What no role carries: two people grant it, to the agency and to an officer who may read media, for a time."""


NEVER_LENT = BY_GRANT | {
    Permission.AGENCY_PLACE,
    Permission.ALERT_ANSWER,
    Permission.ALERT_RAISE,
    Permission.ALERT_READ,
    Permission.CASE_DELETE,
    Permission.CASE_EXPORT,
    Permission.COMPARISON_ASK,
    Permission.GATE_DECIDE,
    Permission.GATE_RECORD,
    Permission.GUEST_ANSWER,
    Permission.GUEST_INVITE,
    Permission.HUB_ACCEPT,
    Permission.IDENTITY_REVIEW,
    Permission.JUVENILE_HANDLE,
    Permission.LAW_CHANGE,
    Permission.LAW_READ,
    Permission.LAW_REVIEW,
    Permission.OFFICER_CONFIRM,
    Permission.OFFICER_ENROLL,
    Permission.PERMISSION_GRANT,
    Permission.PERSON_READ,
    Permission.PERSON_RECORD,
    Permission.PERSON_WITHDRAW,
    Permission.REFERRAL_ANSWER,
    Permission.REFERRAL_READ,
    Permission.REFERRAL_SEND,
    Permission.REPORT_ANSWER,
    Permission.REPORT_HANDLE,
    Permission.REPORT_READ,
    Permission.RETENTION_SET,
    Permission.SEIZED_LIST_IMPORT,
    Permission.SEIZED_LIST_READ,
    Permission.SEIZED_LIST_REVIEW,
    Permission.SERIES_PUBLISH,
    Permission.STATISTIC_FREEZE,
    Permission.STATISTIC_READ,
    Permission.SUBMISSION_RECEIVE,
    Permission.SUBMISSION_SEND,
    Permission.TITLE_ASSESS,
}
"""What no program does for an officer by an API key: what takes two people, oversees others, is about the law, lets a
whole case out of the house, is said from one agency to another in an officer's name, or tells of the people of a
seized list or a case, whom nobody is to be checked against."""


def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """Return all that these roles carry together."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))
