"""When sources were last read: days that have been, and the list of the oldest and the weakest."""

from datetime import date

import pytest

from _ext.live import pages
from kscale_nb import LEDGER, MODEL, KscaleError
from kscale_nb.sources import bibliography


def test_every_reading_has_a_day_that_has_been():
    dated = {key: pages.last_read(key) for key in bibliography().entries}
    assert sum(map(bool, dated.values())) > 200
    for key, day in dated.items():
        assert not day or date(2026, 1, 1) <= date.fromisoformat(day) <= date.today(), key


def test_a_day_that_is_none_is_refused(monkeypatch):
    monkeypatch.setitem(bibliography().entries["ccf"].fields, "urldate", "November 2026")
    with pytest.raises(
        KscaleError, match="source 'ccf': urldate must be a day such as 2026-11-28, got 'November 2026'"
    ):
        pages.last_read("ccf")


def test_what_is_recalled_alone_claims_no_reading():
    for key, entry in bibliography().entries.items():
        note = entry.fields.get("note", "").lower()
        assert not (note.startswith("recalled") and "urldate" in entry.fields), key


def test_what_nobody_is_known_to_have_read_is_an_estimate_with_a_range():
    for key, day, names, _ in pages.readings():
        for name in names if not day else ():
            assert MODEL[name].provenance == "estimate" and MODEL[name].low < MODEL[name].high, (key, name)


def test_the_list_is_of_every_source_of_an_uncertain_input_the_weakest_first():
    rows = pages.readings()
    uncertain = {name for name, q in MODEL.quantities.items() if q.provenance in {"measured", "estimate"}}
    assert {name for _, _, names, _ in rows for name in names} == uncertain
    days = [day for _, day, _, _ in rows]
    assert days == sorted(days) and "" in days
    for key, _, names, moved in rows[:5]:
        assert all(MODEL[name].source == key for name in names)
        assert moved == len({claim.id for name in names for claim in LEDGER.resting_on(name)})
