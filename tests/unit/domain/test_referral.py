"""A referral is what its steps amount to: who may do what, and when."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.domain.errors import Conflict
from tsunagu.domain.outcome import Disposal, PersonOutcome, PersonRole
from tsunagu.domain.referral import ReferralPath, ReferralState, ReferralStep, ReferralStepKind, ReturnReason

SENDER, RECEIVER, STRANGER = (UUID(int=one) for one in (1, 2, 3))
AT = datetime(2026, 11, 26, tzinfo=UTC)
K, S = ReferralStepKind, ReferralState
CLEARED = PersonOutcome(1, PersonRole.SUSPECT, (Disposal.CLEARED,))
TAKEN = {
    "receive": (K.RECEIVED, RECEIVER, None, None),
    "return": (K.RETURNED, RECEIVER, ReturnReason.MOVED, None),
    "outcome": (K.OUTCOME, RECEIVER, None, CLEARED),
    "withdraw": (K.WITHDRAWN, SENDER, None, None),
    "print": (K.PRINTED, RECEIVER, None, None),
}


def path(*names: str) -> ReferralPath:
    steps = [ReferralStep(1, K.SENT, SENDER, AT)]
    for number, name in enumerate(names, 2):
        kind, agency, returned, outcome = TAKEN[name]
        steps.append(ReferralStep(number, kind, agency, AT, returned, outcome))
    return ReferralPath.of(SENDER, RECEIVER, steps)


@pytest.mark.parametrize(
    ("names", "state"),
    [
        ((), S.SENT),
        (("receive",), S.RECEIVED),
        (("return",), S.RETURNED),
        (("receive", "return"), S.RETURNED),
        (("receive", "outcome", "outcome"), S.ANSWERED),
        (("receive", "print"), S.RECEIVED),
        (("receive", "outcome", "withdraw"), S.WITHDRAWN),
        (("return", "withdraw"), S.WITHDRAWN),
    ],
)
def test_it_goes_these_ways(names: tuple[str, ...], state: ReferralState) -> None:
    assert path(*names).state is state


@pytest.mark.parametrize(
    "names",
    [
        ("outcome",), ("receive", "receive"), ("return", "receive"), ("return", "outcome"), ("withdraw", "receive"),
        ("withdraw", "withdraw"), ("withdraw", "print"), ("receive", "outcome", "return"), ("return", "return"),
    ],
)  # fmt: skip
def test_and_not_these(names: tuple[str, ...]) -> None:
    with pytest.raises(Conflict):
        path(*names)


@pytest.mark.parametrize("name", ["receive", "return", "outcome", "withdraw"])
def test_each_side_does_its_own_part_alone(name: str) -> None:
    before = path("receive") if name == "outcome" else path()
    kind, agency, returned, outcome = TAKEN[name]
    for other in {SENDER, RECEIVER, STRANGER} - {agency}:
        with pytest.raises(Conflict, match="not for this agency"):
            before.after(ReferralStep(before.last + 1, kind, other, AT, returned, outcome))


def test_it_begins_with_its_sending_and_goes_without_gaps() -> None:
    with pytest.raises(Conflict, match="begins"):
        ReferralPath.of(SENDER, RECEIVER, [ReferralStep(1, K.SENT, RECEIVER, AT)])
    with pytest.raises(Conflict, match="meanwhile"):
        path().after(ReferralStep(3, K.RECEIVED, RECEIVER, AT))


@given(st.lists(st.sampled_from(sorted(TAKEN)), max_size=6))
def test_nothing_follows_a_withdrawal_and_no_outcome_comes_from_who_has_not_received_it(names: list[str]) -> None:
    try:
        found = path(*names)
    except Conflict:
        return
    assert "withdraw" not in names[:-1]
    assert (found.state is S.WITHDRAWN) is ("withdraw" in names)
    if found.outcomes:
        assert found.was_received
        assert names.index("receive") < names.index("outcome")
