"""What waits to be done, over all agencies: numbers only, for the operator."""

from tsunagu.records.models import Holding, MediaItem
from tsunagu.records.session import LINKER


def waiting_holdings() -> int:
    """Return how many holdings wait to be compared with all that is held; those of parked items do not wait."""
    return Holding.objects.using(LINKER).filter(linked_at=None, item__parked=None).count()


def parked_items() -> int:
    """Return how many items are set apart because they could not be compared."""
    return MediaItem.objects.using(LINKER).exclude(parked=None).count()
