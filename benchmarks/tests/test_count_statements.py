"""Counting statements, and judging figures."""

import pytest

from benchmarks.findings import Finding, spread, table
from benchmarks.statements import FRAME, working


@pytest.mark.parametrize("word", FRAME)
def test_what_only_opens_or_closes_a_transaction_is_no_work(word):
    assert working([word, f'{word} "s1"', 'SELECT "begin" FROM t']) == ['SELECT "begin" FROM t']


def test_an_update_and_an_insert_are_work():
    assert len(working(["BEGIN", "UPDATE t SET a = 1", "INSERT INTO t VALUES (1)", "COMMIT"])) == 2


@pytest.mark.parametrize(
    ("finding", "verdict"),
    [
        (Finding("ratio", 0.70, at_least=0.70), "kept"),
        (Finding("ratio", 0.69, at_least=0.70), "MISSED"),
        (Finding("statements", 9, at_most=9), "kept"),
        (Finding("statements", 10, at_most=9), "MISSED"),
        (Finding("rate", 500), ""),
        (Finding("ratio", 5.0, at_least=0.70, is_valid=False), "INVALID"),
    ],
)
def test_a_promise_is_kept_missed_or_not_made(finding, verdict):
    assert finding.verdict == verdict


def test_the_noise_of_a_machine_is_the_spread_of_equal_rounds():
    assert spread([90, 100, 120]) == pytest.approx(0.3)


def test_the_table_says_what_was_promised():
    text = table([Finding("statements: booking", 8, at_most=9).as_json()])
    assert "statements: booking" in text
    assert "≤ 9" in text
    assert "kept" in text
