"""What wrk prints becomes figures, and anything unexpected makes them invalid."""

import pytest

from benchmarks.wrk import ClientFailed, parse, write_requests

LINE = (
    'BENCH {"answers":{"201":990},"seconds":2.0000,"p50":15.2,"p95":31.5,"p99":44.0,"max":60.1,"lost":0,"samples":[]}'
)
OUTPUT = f"Running 2s test @ http://127.0.0.1:8000\n  2 threads and 8 connections\n{LINE}\n"


def test_the_rate_is_good_answers_over_the_time_between_first_request_and_last_answer():
    load = parse(OUTPUT)
    assert (load.good, load.per_second, load.p95, load.is_valid) == (990, 495.0, 31.5, True)


def test_every_other_answer_is_reported_and_makes_the_run_invalid():
    load = parse(OUTPUT.replace('{"201":990}', '{"201":980,"409":9,"500":1}'))
    assert (load.good, load.bad, load.is_valid) == (980, {409: 9, 500: 1}, False)


def test_a_request_without_an_answer_makes_the_run_invalid():
    assert not parse(OUTPUT.replace('"lost":0', '"lost":1')).is_valid


def test_a_run_without_answers_is_invalid_and_has_no_rate():
    load = parse(OUTPUT.replace('{"201":990}', "{}"))
    assert (load.per_second, load.is_valid) == (0.0, False)


@pytest.mark.parametrize("output", ["", "unable to connect to 127.0.0.1:1 Connection refused", f"{LINE}\n{LINE}\n"])
def test_an_output_without_exactly_one_result_is_refused(output):
    with pytest.raises(ClientFailed):
        parse(output)


def test_a_request_is_one_line_whatever_its_body_says(tmp_path):
    file = write_requests(tmp_path / "requests.tsv", [("POST", "/a/", "key", '{"a": 1}'), ("GET", "/b/", "", "")])
    assert file.read_text() == 'POST\t/a/\tkey\t{"a": 1}\nGET\t/b/\t\t\n'
