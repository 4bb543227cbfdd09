"""Banks: named sets of known fingerprints and digests."""

from enum import StrEnum


class BankSemantics(StrEnum):
    """What an entry of a bank means; stated by the officer who made the bank, never guessed."""

    ALERT = "alert"
    KNOWN = "known"
    BENIGN = "benign"
