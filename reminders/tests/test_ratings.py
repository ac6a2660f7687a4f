"""What patients say of a visit."""

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from directory.models import Scope
from interactions.models import Task, TaskKind
from messaging.models import Delivery, InboundMessage, InboundState, OptOut
from reminders.models import Rating, Score
from scheduling.services import attendance

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def seen(noon, visit, desk, runs):
    """Alice was seen; two hours later she is asked."""
    runs()
    noon.at(9, 5, day=6)
    attendance.arrive(appointment=visit, origin=desk)
    noon.at(9, 30, day=6)
    attendance.fulfil(appointment=visit, origin=desk)
    assert runs() == []
    noon.at(11, 31, day=6)
    [text] = runs()
    assert "how was your visit on" in text
    return visit


def test_a_good_rating_is_kept_and_thanked(seen, says):
    assert says("5") == ["Riverside Hospital: Thank you. We are glad."]
    assert (Rating.objects.get().score, Rating.objects.get().reason) == (Score.VERY_GOOD, "")


def test_a_bad_rating_is_asked_why_and_the_words_are_kept(seen, says):
    [why] = says("2")
    assert "What was the reason?" in why
    assert says("Waited an hour, nobody said anything.") == ["Riverside Hospital: Thank you. Somebody will read this."]
    rating = Rating.objects.get()
    assert (rating.score, rating.reason) == (Score.BAD, "Waited an hour, nobody said anything.")
    assert Task.objects.get().kind == TaskKind.READ_ANSWER  # somebody reads it, as was promised


def test_the_first_rating_counts(seen, says):
    says("5")
    says("1")
    assert Rating.objects.get().score == Score.VERY_GOOD


@pytest.mark.parametrize("text", ["0", "6", "10", "fine, thank you"])
def test_what_is_no_rating_is_read_by_a_person(seen, says, text):
    says(text)
    assert not Rating.objects.exists()
    assert InboundMessage.objects.get().state == InboundState.OPEN


def test_stop_instead_of_a_reason_is_stop(seen, says):
    says("1")
    says("TD")
    assert OptOut.objects.exists()
    assert Rating.objects.get().reason == ""


def test_a_visit_that_is_open_again_is_not_asked_about(noon, visit, desk, runs):
    runs()
    noon.at(9, 5, day=6)
    attendance.arrive(appointment=visit, origin=desk)
    attendance.fulfil(appointment=visit, origin=desk)
    runs()
    type(visit).objects.filter(pk=visit.pk).update(status="arrived")
    noon.at(12, day=6)
    assert runs() == []
    assert Delivery.objects.get(kind="rating").reason == "restored"


def test_supervisors_read_ratings_of_their_scope_and_strangers_none(seen, says, session, client):
    says("1")
    says("Cold room")
    near = UserFactory(role="supervisor", sees_all_sites=False)
    Scope.objects.create(user=near, site=session.service.department.site)
    page = reverse("admin:reminders_rating_changelist")
    client.force_login(near, backend=BACKEND)
    assert "Cold room" in client.get(f"{page}?when=all").text
    client.force_login(UserFactory(role="supervisor", sees_all_sites=False), backend=BACKEND)
    assert "Cold room" not in client.get(f"{page}?when=all").text
    client.force_login(UserFactory(role="front_desk"), backend=BACKEND)
    assert client.get(page).status_code == 403
