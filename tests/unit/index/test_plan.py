"""How a fingerprint is divided: nothing is missed, and the memory is kept to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.index.building import lay_out
from tsunagu.index.costs import cheapest_radii
from tsunagu.index.plan import LARGEST_RADIUS, LARGEST_SHIFT, plan_parts


@pytest.mark.parametrize("rows", [1, 5_000, 100_000, 10**6, 10**7, 10**8, 10**9])
@pytest.mark.parametrize(("bits", "radius_bits"), [(256, 31), (64, 8), (64, 0), (256, 0), (256, 64)])
def test_the_parts_cover_all_bits_and_miss_nothing_within_the_radius(rows: int, bits: int, radius_bits: int) -> None:
    plan = plan_parts(rows, bits, radius_bits, 62)
    assert sum(plan.widths) == bits
    assert sum(radius + 1 for radius in plan.radii) >= radius_bits + 1
    assert max(plan.radii) <= LARGEST_RADIUS
    assert all(0 <= shift <= width for shift, width in zip(plan.shifts, plan.widths, strict=True))
    assert max(plan.shifts) <= LARGEST_SHIFT


def test_the_tables_take_no_more_memory_than_they_may() -> None:
    rows = 300_000
    plan = plan_parts(rows, 256, 31, 70)
    assert len(plan.widths) > 1
    arrays, _ = lay_out(np.random.default_rng(0).integers(0, 1 << 64, (rows, 4), np.uint64), plan)
    assert sum(arrays[one].nbytes for one in range(3, len(arrays))) <= 70 * rows + 1_000


@given(
    costs=st.lists(
        st.lists(st.floats(0.1, 1e6), min_size=LARGEST_RADIUS + 1, max_size=LARGEST_RADIUS + 1).map(sorted),
        max_size=16,
    ),
    radius_bits=st.integers(0, 70),
)
def test_whatever_the_costs_are_the_radii_miss_nothing(costs: list[list[float]], radius_bits: int) -> None:
    found = list(cheapest_radii(np.array(costs).reshape(-1, LARGEST_RADIUS + 1), radius_bits))
    assert len(found) == min(radius_bits + 1, len(costs) * (LARGEST_RADIUS + 1))
    for radius, (radii, cost_ns) in enumerate(found):
        assert (radii + 1).sum() == radius + 1
        assert max(radii) <= LARGEST_RADIUS
        spent = [of_part[one] for of_part, one in zip(costs, radii.tolist(), strict=True) if one >= 0]
        assert cost_ns == pytest.approx(sum(spent), rel=1e-6, abs=1e-3)
