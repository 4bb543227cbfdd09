"""The formats by name."""

import pytest

from tsunagu.domain.errors import InputError
from tsunagu.exchange.registry import READERS, reader_for


def test_each_format_has_one_reader():
    assert list(READERS) == ["vics", "icse", "nsrl", "csv", "tx"]
    assert len({reader_for(name) for name in READERS}) == 5


@pytest.mark.parametrize("name", ["", "VICS", "xml"])
def test_a_format_that_is_not_read_is_refused(name):
    with pytest.raises(InputError):
        reader_for(name)
