"""Rows taken by the batch."""

from common.bulk import in_batches


def test_batches_hold_all_rows_in_order_and_the_last_is_shorter():
    assert list(in_batches(iter(range(5)), 2)) == [[0, 1], [2, 3], [4]]
    assert list(in_batches([], 2)) == []


def test_the_next_rows_are_read_only_when_they_are_asked_for():
    read = []

    def rows():
        for number in range(4):
            read.append(number)
            yield number

    batches = in_batches(rows(), 2)
    assert next(batches) == [0, 1]
    assert read == [0, 1]
