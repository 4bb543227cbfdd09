"""What waits to be done, over all agencies: numbers only, for the operator."""

from tsunagu.records.models import Holding
from tsunagu.records.session import LINKER


def waiting_holdings() -> int:
    """Return how many holdings wait to be compared with all that is held."""
    return Holding.objects.using(LINKER).filter(linked_at=None).count()
