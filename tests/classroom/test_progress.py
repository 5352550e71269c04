"""Promises about the drawing of how far a learner is, and what it recommends."""

import re

from dlcore.classroom import check, finding, progress, record, solution
from dlcore.classroom.progress import Progress

ITEMS = finding.items()
FRESH = {"attempts": 0, "passed": False, "points": 0, "hints": 0, "solution": False, "mistakes": {}}
POINTS = sum(item.points for item in ITEMS.values())


def noted(**entries):
    """A record: 03b_1=dict(attempts=2) stands for 03b.1."""
    return {f"{id[1:4]}.{id[5:]}": FRESH | entry for id, entry in entries.items()}


def drawn(**entries):
    return Progress(list(ITEMS.values()), noted(**entries))


def test_nothing_is_tried_at_first():
    shown = progress()
    assert str(shown).startswith(f"0 of {len(ITEMS)} exercises passed, 0 of {POINTS} points.")
    assert shown.again == [] and shown.mistakes == []
    assert shown.following is next(iter(ITEMS.values()))


def test_a_pass_counts_and_draws_its_tile():
    item = ITEMS["03b.1"]
    check("03b.1", item.answer())
    shown = progress()
    assert f"1 of {len(ITEMS)} exercises passed, {item.points} of {POINTS} points." in str(shown)
    assert re.search(r"^03b +✓", str(shown), re.MULTILINE)
    assert f"aria-label='03b.1 {item.title}: passed'" in shown._repr_html_()


def test_a_wrong_answer_is_recommended_with_its_section_and_named():
    check("03b.1", lambda prediction, target: 0.5 * ((prediction - target) ** 2).sum())
    shown = progress()
    assert "03b.1 The squared error: not passed after 1 attempt" in str(shown)
    assert f"href='../{ITEMS['03b.1'].link}'" in shown._repr_html_()
    assert shown.mistakes[0][1] == 1


def test_a_solution_that_was_read_shows_even_beside_a_pass():
    check("03b.1", ITEMS["03b.1"].answer())
    solution("03b.1")
    assert re.search(r"^03b +◐", str(progress()), re.MULTILINE)
    assert "the solution was read" in str(progress())


def test_what_is_not_passed_comes_first_then_the_solution_read_then_the_laborious():
    shown = drawn(
        _02b_1={"attempts": 9, "passed": True},
        _03b_1={"attempts": 1, "passed": True, "solution": True},
        _03c_1={"attempts": 2, "mistakes": {"bias-mean": 2}},
        _03d_1={"attempts": 3, "passed": True, "mistakes": {"ascent": 2}},
        _04c_1={"attempts": 1, "passed": True},
    )
    assert [item.id for item, _ in shown.again] == ["03c.1", "03b.1", "03d.1", "02b.1"]
    assert [number for _, number in shown.mistakes] == [2, 2]


def test_no_more_than_five_sections_are_recommended_and_each_once():
    shown = Progress(list(ITEMS.values()), {id: FRESH | {"attempts": 1} for id in ITEMS})
    links = [item.link for item, _ in shown.again]
    assert len(links) == len(set(links)) == 5


def test_what_comes_next_lies_after_the_last_that_was_tried():
    ids = list(ITEMS)
    at = ids.index("03b.1")
    assert drawn(_03b_1={"attempts": 1, "passed": True}).following.id == ids[at + 1]
    last = ids[-1]
    whole = {id: FRESH | {"attempts": 1, "passed": True} for id in ITEMS}
    assert Progress(list(ITEMS.values()), whole).following is None
    missed = Progress(list(ITEMS.values()), whole | {ids[0]: FRESH})
    assert missed.following.id == ids[0] != last


def test_an_exercise_that_is_gone_does_no_harm():
    record.change("99z.1", lambda entry: entry.update(attempts=1, mistakes={"no-such-id": 3}))
    assert "no-such-id (×3)" in str(progress())
    assert "99z" not in str(progress())


def test_the_drawing_fits_a_terminal():
    check("03c.1", lambda *args: None)
    rows = [line for line in str(progress()).split("\n") if "points" in line]
    assert max(map(len, rows)) <= 80
