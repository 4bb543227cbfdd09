"""Acts and outcomes that are made to give numbers known beforehand, together with all that must not be counted."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tsunagu.domain.figure import Period
from tsunagu.domain.stat_event import Cleared, Disposal, Offence, Retracted, StatEvent, VictimFound

PRODUCTION = Offence("csam/production", 36)
PROVISION = Offence("csam/provision-display", 60)
POSSESSION = Offence("csam/possession-etc", 12)
BUYING = Offence("prostitution", 60)
ORDINANCE = Offence("juvenile-ordinance", 11)
NEVER = date(2999, 12, 31)


def cleared(event_id: str, day: date, **other: object) -> Cleared:
    """Return an act that is cleared and recorded on one day, in Tokyo, as one case of one person."""
    said: dict[str, object] = {
        "recorded_on": day,
        "cleared_on": day,
        "force": "13",
        "case_key": f"case of {event_id}",
        "offences": (PRODUCTION,),
        "suspects": (f"person of {event_id}",),
        "disposal": Disposal.REFERRED_ON_PAPERS,
    }
    return Cleared(event_id=event_id, **{**said, **other})  # type: ignore[arg-type]


def found(event_id: str, day: date, key: str, *, is_identified: bool = True, category: str = "csam") -> VictimFound:
    """Return a child who becomes known on a day, recorded on the same."""
    return VictimFound(
        event_id=event_id,
        recorded_on=day,
        found_on=day,
        force="13",
        victim_key=key,
        is_identified=is_identified,
        category=category,
    )


@dataclass(frozen=True)
class Wanted:
    """The totals that acts of a period are to give."""

    period: Period
    production: int
    provision: int
    possession: int
    persons: int
    victims: int

    @property
    def cases(self) -> int:
        return self.production + self.provision + self.possession


class Maker:
    """Makes acts by a seed, each with an id and keys of its own."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.made = 0

    def key(self, kind: str) -> str:
        self.made += 1
        return f"{kind} {self.made}"

    def day(self, period: Period) -> date:
        assert period.first is not None
        return period.first + timedelta(days=self.random.randrange((period.last - period.first).days + 1))

    def acts(self, wanted: Wanted) -> list[StatEvent]:
        """Return acts that give these totals, in no order, among others that must not change them."""
        events = [*self._cases(wanted), *self._victims(wanted), *self._elsewhere(wanted)]
        self.random.shuffle(events)
        return events

    def _cases(self, wanted: Wanted) -> Iterator[StatEvent]:
        persons = [self.key("person") for _ in range(wanted.persons)]
        kinds = [PRODUCTION] * wanted.production + [PROVISION] * wanted.provision + [POSSESSION] * wanted.possession
        self.random.shuffle(kinds)
        for number, offence in enumerate(kinds):
            # More persons than cases: the last cases have several; fewer: persons have several cases.
            suspects = persons[number :: wanted.cases] or (persons[number % len(persons)],)
            day, case = self.day(wanted.period), self.key("case")
            force = f"{self.random.randrange(1, 48):02}"
            lesser = (ORDINANCE,) if number % 7 == 0 else ()
            yield cleared(
                self.key("act"),
                day,
                case_key=case,
                force=force,
                offences=(*lesser, offence),
                suspects=tuple(suspects),
                disposal=self.random.choice(list(Disposal)),
            )
            if number % 5 == 0:  # a further act of the same inclusive case, cleared later and by another force
                yield cleared(self.key("act"), wanted.period.last, case_key=case, force="47", suspects=tuple(suspects),
                              offences=(ORDINANCE, POSSESSION if offence is POSSESSION else offence))  # fmt: skip

    def _victims(self, wanted: Wanted) -> Iterator[StatEvent]:
        for number in range(wanted.victims):
            child, day = self.key("child"), self.day(wanted.period)
            yield found(self.key("found"), day, child)
            if number % 9 == 0:  # she turns up again: she is not newly identified then
                yield found(self.key("found"), day + timedelta(days=200), child)
            if number % 11 == 0:  # judged under 18 first, identified in the same period
                assert wanted.period.first is not None
                yield found(self.key("found"), wanted.period.first, child, is_identified=False)
        for _ in range(20):
            yield found(self.key("found"), self.day(wanted.period), self.key("child"), is_identified=False)

    def _elsewhere(self, wanted: Wanted) -> Iterator[StatEvent]:
        for _ in range(15):  # one act breaks two laws, and the other has the heavier penalty
            yield cleared(self.key("act"), self.day(wanted.period), case_key=self.key("case"),
                          offences=(PRODUCTION, BUYING), suspects=(self.key("person"),))  # fmt: skip
        for _ in range(5):  # recorded and retracted in time
            act, day = self.key("act"), self.day(wanted.period)
            yield cleared(act, day, case_key=self.key("case"), suspects=(self.key("person"),))
            yield Retracted(event_id=act, recorded_on=day)
        for _ in range(5):  # recorded too late for any vintage that is asked for
            yield cleared(self.key("act"), self.day(wanted.period), recorded_on=NEVER, case_key=self.key("case"))
