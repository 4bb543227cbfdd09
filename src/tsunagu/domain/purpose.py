"""Purposes: why a holding is read. Every read of holdings names one."""

from enum import StrEnum


class Purpose(StrEnum):
    """The lawful reasons for which a record may be read."""

    VICTIM_IDENTIFICATION = "victim-identification"
    INVESTIGATION = "investigation"
    DECONFLICTION = "deconfliction"
    AUDIT = "audit"
    DEMONSTRATION = "demonstration"
