"""The queues on screen: what a line says and offers, what a press does, what is refused, what it costs."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tests.factories import UserFactory
from desk import queues
from directory.models import Scope
from visits.models import Call, Encounter, QueueEntry
from visits.services import encounters, queue
from visits.tests.factories import clinic, counter, noon, waiting

PAGE, FRESH = reverse("admin:desk:queue"), reverse("admin:desk:queue_fresh")


def press(client, entry, act: str, **data):
    return client.post(reverse("admin:desk:act", kwargs={"entry": entry.uuid, "act": act}), data)


def ask(client, entry, name: str, method: str = "post", **data):
    return getattr(client, method)(reverse(f"admin:desk:{name}", kwargs={"entry": entry.uuid}), data)


def call_next(client, session, key=None):
    return client.post(reverse("admin:desk:call_next", kwargs={"session": session.uuid}), {"key": key or uuid.uuid4()})


def have(client, **query) -> str:
    """What the open page would say that it has."""
    found = re.findall(r'data-session="([^"]+)" data-version="([^"]+)"', client.get(PAGE, query).text)
    return ",".join(":".join(pair) for pair in found)


@pytest.fixture
def session(at_noon, department):
    """A session of the department that runs right now."""
    return clinic(service__department=department, practitioner__name="Chen Yu")


def test_those_in_the_house_stand_in_their_order_with_what_is_known(desk, session):
    waiting(session, 30, name="Bob Late")
    inside, called = waiting(session, 0, name="Alice Inside"), waiting(session, 5, name="Carol Called")
    encounters.start(entry=inside, origin=counter(), at=noon())
    queue.call(entry=called, origin=counter(), at=noon())
    page = desk.get(PAGE).text
    order = [page.index(name) for name in ("Chen Yu", "Alice Inside", "Carol Called", "Bob Late")]
    assert order == sorted(order)
    for shown in ("since 12:00", "called 12:00", "turn 12:30", "min", "Call next"):
        assert shown in page


def test_a_state_offers_only_what_it_allows(desk, session):
    entry = waiting(session)
    address = reverse("admin:desk:act", kwargs={"entry": entry.uuid, "act": "skip"})
    assert address not in desk.get(PAGE).text
    queue.call(entry=entry, origin=counter())
    assert address in desk.get(PAGE).text


def test_the_next_one_is_called_and_the_column_is_drawn_again(desk, session):
    waiting(session, name="Alice Smith")
    answer = call_next(desk, session)
    assert "Called: 001 Alice Smith" in answer.text
    assert f'id="session-{session.uuid}"' in answer.text
    assert Call.objects.count() == 1


def test_a_double_click_calls_one_and_the_next_press_has_a_new_key(desk, session):
    waiting(session), waiting(session, 5)
    key = re.search(r'name="key" value="([^"]+)"', desk.get(PAGE).text)[1]
    answers = [call_next(desk, session, key) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert QueueEntry.objects.filter(state="called").count() == Call.objects.count() == 1
    assert key not in answers[0].text


def test_calling_again_by_a_double_click_is_heard_once(desk, session):
    entry = waiting(session)
    key = uuid.uuid4()
    for _click in range(2):
        assert press(desk, entry, "call", key=key).status_code == 200
    assert Call.objects.count() == 1


def test_when_nobody_waits_that_is_said(desk, session):
    answer = call_next(desk, session)
    assert (answer.status_code, "Nobody is waiting here." in answer.text) == (422, True)


def test_what_somebody_else_did_meanwhile_is_said_and_drawn(desk, session):
    entry = waiting(session)
    queue.leave(entry=entry, origin=counter())
    answer = press(desk, entry, "start")
    assert answer.status_code == 409
    assert "Ticket 001 is “Left without being seen” now" in answer.text
    assert f'id="ticket-{entry.uuid}"' in answer.text


def test_a_visit_goes_its_whole_way(desk, session):
    entry = waiting(session)
    for act, state in (("call", "called"), ("skip", "skipped"), ("put_back", "waiting"), ("start", "inside")):
        assert press(desk, entry, act).status_code == 200
        assert QueueEntry.objects.get().state == state
    answer = ask(desk, entry, "finish", outcome="tests", follow_up_weeks="2", follow_up_note="ECG")
    visit = Encounter.objects.get()
    assert (answer.status_code, visit.outcome, visit.follow_up_weeks) == (200, "tests", 2)
    assert "Sent for tests" in answer.text
    assert press(desk, entry, "come_back").status_code == 200
    assert QueueEntry.objects.get().kind == "results"


def test_a_visit_does_not_end_without_saying_how_and_keeps_what_was_typed(desk, session):
    entry = waiting(session)
    encounters.start(entry=entry, origin=counter())
    answer = ask(desk, entry, "finish", follow_up_note="ECG")
    assert (answer.status_code, 'value="ECG"' in answer.text) == (422, True)
    assert "Please say what came of the visit." in answer.text
    assert ask(desk, entry, "finish", outcome="treated", follow_up_weeks="-1").status_code == 422


def test_another_priority_moves_somebody_forward(desk, session):
    waiting(session), (late := waiting(session, 30))
    assert ask(desk, late, "prioritise", priority="urgent", reason="chest pain").status_code == 200
    call_next(desk, session)
    assert QueueEntry.objects.get(state="called") == late


def test_somebody_is_handed_over_to_another_session_of_the_department(desk, session):
    there = clinic(service=session.service, practitioner__name="Wang Fang")
    elsewhere = clinic(service__department__site=session.service.department.site, practitioner__name="Far Away")
    entry = waiting(session)
    page = ask(desk, entry, "hand_over", "get").text
    assert ("Wang Fang" in page, "Far Away" in page) == (True, False)
    answer = ask(desk, entry, "hand_over", session=there.uuid)
    assert QueueEntry.objects.get().session == there
    assert all(f'id="session-{one.uuid}"' in answer.text for one in (session, there))
    assert elsewhere.queue.count() == 0


def test_when_nothing_changed_nothing_is_sent(desk, session):
    waiting(session)
    answer = desk.get(FRESH, {"have": have(desk)})
    assert (answer.status_code, answer.content, answer["X-Queue-At"]) == (204, b"", "12:00:00")


def test_only_the_column_that_changed_is_sent(desk, session):
    other = clinic(service=session.service)
    known = have(desk)
    waiting(session)
    page = desk.get(FRESH, {"have": known}).text
    assert f'id="session-{session.uuid}"' in page
    assert f'id="session-{other.uuid}"' not in page
    assert f"{other.uuid}" in page.split(">")[0]


def test_looking_does_not_count_as_doing_something(desk, session):
    desk.get(PAGE)
    before = desk.session["last_act"]
    held = desk.session
    held["last_act"] = before - 120
    held.save()
    desk.get(FRESH, headers={"x-background": "1"})
    assert desk.session["last_act"] == before - 120


def test_statements_do_not_grow_with_sessions_and_people(desk, session):
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(PAGE).status_code == 200
        return len(asked)

    queue.call(entry=waiting(session), origin=counter())
    encounters.start(entry=waiting(session, 40), origin=counter())
    waiting(session, 50)
    statements()  # the first one writes the session
    first = statements()
    other = clinic(service=session.service)
    for minutes in range(1, 4):
        for one in (session, other):
            waiting(one, minutes)
            encounters.start(entry=waiting(one, 10 + minutes), origin=counter())
            queue.call(entry=waiting(one, 20 + minutes), origin=counter())
    assert statements() == first


def test_a_clinician_sees_and_calls_their_own_queue_only(as_user, session):
    doctor = UserFactory(role="clinician", sees_all_sites=False)
    Scope.objects.create(user=doctor, site=session.service.department.site)
    session.practitioner.user = doctor
    session.practitioner.save()
    other = clinic(service=session.service, practitioner__name="Wang Fang")
    mine, theirs = waiting(session), waiting(other)
    client = as_user(doctor)
    page = client.get(PAGE).text
    assert ("Chen Yu" in page, "Wang Fang" in page) == (True, False)
    assert call_next(client, session).status_code == 200
    assert call_next(client, other).status_code == 404
    assert press(client, theirs, "call").status_code == 404
    assert press(client, mine, "start").status_code == 200
    assert ask(client, mine, "finish", outcome="treated").status_code == 200


def test_a_clinician_finishes_the_visit_of_somebody_handed_over_to_them(as_user, session):
    doctor = UserFactory(role="clinician", sees_all_sites=False)
    mine = clinic(service=session.service, practitioner__user=doctor)
    entry = waiting(session)
    queue.hand_over(entry=entry, session=mine, origin=counter())
    encounters.start(entry=entry, origin=counter())
    assert ask(as_user(doctor), entry, "finish", outcome="treated").status_code == 200


@pytest.mark.parametrize(
    ("role", "acts"),
    [
        ("front_desk", set(queues.RIGHTS)),
        ("supervisor", set(queues.RIGHTS)),
        ("clinician", {"call", "skip", "put_back", "start", "finish"}),
        ("agent", set()),
        ("auditor", set()),
        ("administrator", set()),
    ],
)
def test_each_role_may_do_what_its_rights_say(db, role, acts):
    assert queues.acts_open_to(UserFactory(role=role)) == acts


def test_who_only_looks_is_offered_nothing_and_refused(as_user, session):
    entry = waiting(session)
    client = as_user(UserFactory(role="agent"))
    page = client.get(PAGE).text
    assert (entry.appointment.patient.name in page, "data-act" in page) == (True, False)
    assert call_next(client, session).status_code == 403
    assert press(client, entry, "leave").status_code == 403
    assert ask(client, entry, "finish", "get").status_code == 403


def test_without_the_right_to_look_there_is_no_page(as_user, session):
    client = as_user(UserFactory(role="campaign_editor"))
    assert client.get(PAGE).status_code == client.get(FRESH).status_code == 403


def test_after_the_session_has_ended_a_fragment_leads_to_the_sign_in(client, db):
    answer = client.get(FRESH, headers={"hx-request": "true"})
    assert (answer.status_code, answer["HX-Trigger"]) == (401, "locked")


def test_reading_changes_nothing(desk, session):
    entry = waiting(session)
    for act in ("call", "leave", "take_back"):
        assert desk.get(reverse("admin:desk:act", kwargs={"entry": entry.uuid, "act": act})).status_code == 405
    assert desk.get(reverse("admin:desk:call_next", kwargs={"session": session.uuid})).status_code == 405
    assert ask(desk, entry, "prioritise", "get").status_code == 200
    assert press(desk, entry, "nonsense").status_code == 404
    entry.refresh_from_db()
    assert entry.state == "waiting"


def test_a_session_that_is_over_leaves_the_board_until_it_is_asked_for(desk, session):
    hour = noon() - (session.ends_at - session.starts_at)
    type(session).objects.filter(pk=session.pk).update(starts_at=hour, ends_at=noon() - (noon() - hour) / 2)
    assert f'id="session-{session.uuid}"' not in desk.get(PAGE).text
    assert f'id="session-{session.uuid}"' in desk.get(PAGE, {"only": session.uuid}).text
