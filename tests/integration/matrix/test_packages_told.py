"""What a package tells of: the fields that the table names, of its own case, and nothing of anybody else."""

from __future__ import annotations

from ..world import random_name  # noqa: TID252 - tests are no package with a name
from .needles import LEAST, Haystack, Needle, needles_of
from .planted import TOLD_OF, Planted
from .table import LINKS, PACKAGED, WORDS


def _is_looked_for(needle: Needle) -> bool:
    is_long = all(len(text) >= LEAST for text in needle.texts)  # the other side's were not planted
    return is_long and needle.field not in WORDS and needle.field not in LINKS


def test_a_package_tells_what_the_table_says_and_of_its_own_case_alone(planted: Planted) -> None:
    ben = planted.seats["ben"]
    anna = planted.seats["anna"].person
    assert anna
    assert ben.agency_id
    ours = Haystack([one for one in needles_of(planted.agency_id) if _is_looked_for(one)])
    theirs = Haystack([one for one in needles_of(ben.agency_id) if _is_looked_for(one)])
    known = {text for one in ours.needles for text in one.texts}
    told = set()
    for reference in (planted.scene.targets[kind] for kind in TOLD_OF):
        out = planted.world.folder / random_name("package")
        assert planted.world.run(anna, "case", "export", reference, "--out", str(out), "--without-pdf").status == 0
        text = "\n".join(path.read_text() for path in out.iterdir() if path.suffix != ".sig")
        [case] = [one.cases for one in ours.needles if one.field == "Case.reference" and reference in one.texts]
        found = [ours.needles[number] for number in ours.found_in(text)]
        told |= {one.field for one in found}
        assert [str(one) for one in found if one.cases and not one.cases & case] == []
        others = [theirs.needles[number] for number in theirs.found_in(text)]
        assert [str(one) for one in others if not one.texts & known] == []
    # Opaque ids of what was done in the case stand in its entries of the ledger, whatever they are of.
    assert {one for one in told if not one.endswith(".id")} == PACKAGED
