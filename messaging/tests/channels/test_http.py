"""The shared way of calling a carrier."""

import datetime as dt
import ssl

import pytest
import requests
import urllib3

from common import clock
from messaging.channels import http
from messaging.channels.base import TransportError
from messaging.channels.http import Answer
from messaging.tests.channels.helpers import NOW


@pytest.fixture
def at(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def answer(status=429, **headers):
    return Answer(status, requests.structures.CaseInsensitiveDict(headers), b"")


def test_a_wait_is_read_as_seconds(at):
    assert http.retry_after(answer(**{"Retry-After": " 120 "})) == 120


@pytest.mark.parametrize("zone", ["GMT", "-0000", "+0000"])
def test_a_wait_is_read_as_a_date(at, zone):
    assert http.retry_after(answer(**{"Retry-After": f"Thu, 05 Mar 2026 02:01:30 {zone}"})) == 90


def test_a_date_that_is_over_means_no_wait(at):
    assert http.retry_after(answer(**{"Retry-After": "Thu, 05 Mar 2026 01:00:00 GMT"})) == 0


@pytest.mark.parametrize("value", ["", "soon", "-5", "Thu, 99 Foo 2026"])
def test_a_wait_that_is_none_is_left_to_us(at, value):
    assert http.retry_after(answer(**{"Retry-After": value})) is None


@pytest.mark.parametrize("value", ["999999999", (NOW + dt.timedelta(days=400)).strftime("%a, %d %b %Y %H:%M:%S GMT")])
def test_nobody_makes_a_channel_wait_for_longer_than_a_day(at, value):
    assert http.retry_after(answer(**{"Retry-After": value})) == 24 * 60 * 60


def test_a_certificate_that_is_wrong_means_that_nothing_was_sent():
    inner = urllib3.exceptions.SSLError(ssl.SSLCertVerificationError("self-signed"))
    error = requests.exceptions.SSLError(urllib3.exceptions.MaxRetryError(None, "/", inner))
    assert http.lost(error).down


def test_any_other_tls_error_may_come_while_the_answer_is_read():
    inner = urllib3.exceptions.SSLError(ssl.SSLError("EOF occurred"))
    error = requests.exceptions.SSLError(urllib3.exceptions.MaxRetryError(None, "/", inner))
    assert http.lost(error).unknown


@pytest.mark.parametrize(
    "error", [requests.ConnectTimeout(), requests.exceptions.ProxyError(), requests.exceptions.InvalidSchema()]
)
def test_what_fails_before_the_sending_may_be_sent_again(error):
    assert http.lost(error).down
    assert not http.lost(error).unknown


@pytest.mark.parametrize("error", [requests.ReadTimeout(), requests.ConnectionError(), requests.TooManyRedirects()])
def test_what_fails_in_any_other_way_stays_unknown(error):
    assert http.lost(error).unknown


@pytest.mark.parametrize("status", [400, 409, 410, 413, 422])
def test_a_message_that_the_carrier_cannot_take_fails_for_good(status):
    assert http.refusal(answer(status)).permanent


@pytest.mark.parametrize("status", [301, 307, 401, 402, 403, 404])
def test_a_wrong_account_or_address_fails_no_message(status):
    error = http.refusal(answer(status))
    assert error.down
    assert not error.permanent
    assert error.retry_after == http.ACCOUNT_WAIT


@pytest.mark.parametrize("status", [408, 425])
def test_a_request_that_was_not_waited_for_comes_again(status):
    error = http.refusal(answer(status))
    assert not error.permanent
    assert not error.unknown
    assert not error.down


def test_a_key_that_no_request_can_carry_is_the_accounts_fault():
    with pytest.raises(TransportError) as caught:
        http.call("GET", "http://127.0.0.1:9/", auth=("江", "滨"))
    assert caught.value.down


def test_passwords_of_the_machine_do_not_replace_our_own(fake, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    http.call("POST", fake.url("gateway"), data=b"{}", headers={"Authorization": "ours"})
    assert fake.requests[0].headers["authorization"] == "ours"


def test_an_answer_without_end_is_not_read(fake, monkeypatch):
    monkeypatch.setattr(http, "MOST_BYTES", 1)
    with pytest.raises(TransportError) as caught:
        http.call("GET", fake.url("_ledger"))
    assert caught.value.unknown


def test_an_answer_that_is_no_object_says_nothing():
    assert Answer(200, {}, b"[1]").json() == {}
    assert Answer(200, {}, b"\xff").json() == {}
