"""E-mail through a mail server."""

import email
import email.policy

import pytest

from messaging.channels.base import Settles, TransportError
from messaging.channels.smtp import transport as smtp
from messaging.channels.smtp.transport import SmtpTransport
from messaging.tests.channels.helpers import EMAIL, REF, closed_port, outgoing
from messaging.tests.fakes.mail_server import PASSWORD, USER, FakeMailServer


@pytest.fixture
def server():
    running = FakeMailServer()
    running.start()
    yield running
    running.stop()


def account(server, **changed):
    settings = {
        "host": "127.0.0.1",
        "port": str(server.bound if server else closed_port()),
        "security": "none",
        "sender": "江滨医院 <no-reply@hospital.example>",
    }
    return SmtpTransport(settings | changed)


def send(server, step="", **changed):
    if server:
        server.next = step
    return account(server).send(outgoing("smtp", **changed))


def failure(server, step="", **changed):
    with pytest.raises(TransportError) as caught:
        send(server, step, **changed)
    return caught.value


def received(server):
    [(_sender, _to, content)] = server.letters
    return email.message_from_bytes(content, policy=email.policy.default)


def test_a_letter_arrives_with_our_ref_as_its_number(server):
    assert send(server).provider_id == str(REF)
    letter = received(server)
    assert letter["Message-ID"] == f"<{REF}@hospital.example>"
    assert letter["To"] == EMAIL
    assert letter["Subject"] == "预约提醒"
    assert "王芳" in letter.get_content()
    assert letter["List-Unsubscribe"] is None


def test_a_letter_can_be_unsubscribed_with_one_click(server):
    send(server, unsubscribe_url="https://crm.example.org/stop/1/")
    assert received(server)["List-Unsubscribe"] == "<https://crm.example.org/stop/1/>"
    assert received(server)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_letter_carries_the_appointment_and_other_files(server):
    ics = "BEGIN:VCALENDAR\r\nSUMMARY:就诊\r\nEND:VCALENDAR\r\n".encode()
    send(server, attachments=(("visit.ics", "text/calendar", ics), ("map.png", "image/png", b"\x89PNG\x00")))
    calendar, picture = received(server).iter_attachments()
    assert (calendar.get_filename(), calendar.get_content_type()) == ("visit.ics", "text/calendar")
    assert "SUMMARY:就诊" in calendar.get_content()
    assert picture.get_content() == b"\x89PNG\x00"


def test_a_line_break_in_the_subject_forges_no_header(server):
    send(server, subject="Hello\r\nBcc: eve@example.org")
    assert received(server)["Bcc"] is None
    assert len(server.letters[0][1]) == 1


@pytest.mark.parametrize("code", ["550 5.1.1 no such user", "551 not here", "553 bad name"])
def test_an_address_that_does_not_exist_is_known_as_such(server, code):
    error = failure(server, f"rcpt:{code}")
    assert error.wrong_address
    assert error.permanent
    assert not server.letters


def test_a_policy_of_the_server_says_nothing_against_the_address(server):
    error = failure(server, "rcpt:550 5.7.1 blocked")
    assert error.permanent
    assert not error.wrong_address


@pytest.mark.parametrize("step", ["rcpt:450 later", "rcpt:452 full", "data:451 greylisted", "mail:451 busy"])
def test_not_now_means_later(server, step):
    error = failure(server, step)
    assert not error.permanent
    assert not error.unknown


def test_a_server_that_closes_makes_the_channel_wait(server):
    assert failure(server, "rcpt:421 closing").down


@pytest.mark.parametrize("step", ["data:554 spam", "data:552 too big"])
def test_a_letter_that_is_refused_fails_for_good_but_blames_no_address(server, step):
    error = failure(server, step)
    assert error.permanent
    assert not error.wrong_address


def test_a_sender_that_is_refused_is_the_accounts_fault(server):
    error = failure(server, "mail:550 5.7.1 not your address")
    assert error.down
    assert not error.permanent


def test_no_answer_after_the_letter_leaves_it_unknown(server, monkeypatch):
    monkeypatch.setattr(smtp, "SECONDS", 0.3)
    error = failure(server, "hang")
    assert error.unknown
    assert len(server.letters) == 1


def test_a_connection_cut_after_the_letter_leaves_it_unknown(server):
    error = failure(server, "cut")
    assert error.unknown
    assert not error.down


def test_a_connection_cut_before_the_letter_sent_nothing(server):
    error = failure(server, "cut-early")
    assert not error.unknown
    assert error.down
    assert not server.letters


def test_where_nobody_listens_the_channel_waits():
    error = failure(None)
    assert error.down
    assert not error.unknown


def test_a_server_without_encryption_is_not_used_when_it_is_asked_for(server):
    with pytest.raises(TransportError) as caught:
        account(server, security="starttls").send(outgoing("smtp"))
    assert caught.value.down
    assert not server.letters


@pytest.mark.parametrize("settings", [{"security": "maybe"}, {"port": "smtp"}])
def test_settings_that_cannot_be_make_the_channel_wait(server, settings):
    with pytest.raises(TransportError) as caught:
        account(server, **settings).send(outgoing("smtp"))
    assert caught.value.down


@pytest.mark.parametrize("to", ["ana", "ana@example.org, eve@example.org", "ana@example.org\r\nBcc: eve@example.org"])
def test_a_letter_goes_to_one_address_or_to_none(server, to):
    assert failure(server, to=to).wrong_address
    assert not server.letters


def test_a_sender_that_is_no_address_is_the_accounts_fault(server):
    with pytest.raises(TransportError) as caught:
        account(server, sender="nobody@@nowhere").send(outgoing("smtp"))
    assert caught.value.down
    assert not caught.value.permanent


@pytest.mark.parametrize(("password", "right"), [(PASSWORD, True), ("wrong", False)])
def test_the_server_wants_the_accounts_password(password, right):
    running = FakeMailServer(secured=True)
    running.start()
    try:
        adapter = account(running, user=USER, password=password)
        if right:
            adapter.send(outgoing("smtp"))
        else:
            with pytest.raises(TransportError) as caught:
                adapter.send(outgoing("smtp"))
            assert caught.value.down
            assert "535" in caught.value.message
        assert len(running.letters) == right
    finally:
        running.stop()


@pytest.mark.parametrize(
    "step", ["rcpt:550 <ana@example.org> unknown", "data:554 ana@example.org", "cut", "mail:550 x"]
)
def test_errors_hold_no_address(server, step):
    error = failure(server, step)
    assert "ana" not in str(error)
    assert "hospital.example" not in str(error)


def test_nothing_is_promised():
    assert SmtpTransport.settles is Settles.NEVER
