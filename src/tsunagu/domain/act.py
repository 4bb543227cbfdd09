"""Acts: the deeds that the ledger records."""

from enum import StrEnum


class Act(StrEnum):
    """A deed, as `subject:deed`. One ledger entry names one act."""

    AGENCY_FOUNDED = "agency:founded"
    OFFICER_ENROLLED = "officer:enrolled"
    OFFICER_SIGNED_IN = "officer:signed_in"
    OFFICER_SIGNED_OUT = "officer:signed_out"
    CASE_OPENED = "case:opened"
    CASE_READ = "case:read"
    CASE_JOINED = "case:joined"
    EXHIBIT_REGISTERED = "exhibit:registered"
    MEDIA_ACQUIRED = "media:acquired"
    MEDIA_COMPARED = "media:compared"
    MEDIA_READ = "media:read"
    BANK_OPENED = "bank:opened"
    BANK_EXTENDED = "bank:extended"
    BANK_READ = "bank:read"
    OVERLAP_FOUND = "overlap:found"
    OVERLAP_NOTICED = "overlap:noticed"
    OVERLAP_READ = "overlap:read"
    OVERLAP_RELEASED = "overlap:released"
    OVERLAP_SHARED = "overlap:shared"
    HIT_JUDGED = "hit:judged"
    NOTICE_READ = "notice:read"
    NOTICE_ACKNOWLEDGED = "notice:acknowledged"
    KEYS_EXPORTED = "keys:exported"
    KEYS_ROTATED = "keys:rotated"
    LEDGER_READ = "ledger:read"
    ACCESS_DENIED = "access:denied"
