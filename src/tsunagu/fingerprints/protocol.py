"""What every fingerprint algorithm for pictures promises."""

from typing import Protocol

from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind
from tsunagu.media.picture import Picture


class Fingerprinter(Protocol):
    """Turns one picture into one fingerprint: no state, no files, no network. A module serves as well as a class."""

    @property
    def kind(self) -> FingerprintKind:
        """The algorithm, at a fixed version."""

    def fingerprint(self, picture: Picture) -> Fingerprint:
        """Return the fingerprint of `picture` as it is looked at: its EXIF orientation is applied.

        A picture too plain or too small to trust gets a fingerprint of low quality; leaving it out is
        the caller's decision.

        Raises:
            InputError: the luma plane does not fit the picture's size and scale.
        """
