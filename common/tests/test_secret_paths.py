"""What opens something by itself is in no log."""

import logging

import pytest

from common import secret_paths


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Gone: /a/k3Jx9Qv2/", "Gone: /a/…/"),
        ('"GET /a/k3Jx9Qv2/times/?language=en HTTP/1.1" 200', '"GET /a/…/times/?language=en HTTP/1.1" 200'),
        ("https://crm.example.org/stop/0af3.Zx_-9/", "https://crm.example.org/stop/…/"),
        ("/admin/accounts/user/", "/admin/accounts/user/"),
    ],
)
def test_only_the_secret_is_left_out(said, written):
    assert secret_paths.hide(said) == written


def test_a_record_with_arguments_is_written_without_it():
    record = logging.LogRecord("x", logging.INFO, "x", 1, "%s: %s", ("Gone", "/a/k3Jx9Qv2/"), None)
    assert secret_paths.HidesSecrets().filter(record)
    assert record.getMessage() == "Gone: /a/…/"
