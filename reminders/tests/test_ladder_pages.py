"""The pages on which ladders are read, written, tried and put in use."""

import datetime as dt

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import ROLES
from accounts.tests.factories import UserFactory
from directory.tests.factories import ServiceFactory
from messaging.models import Delivery
from messaging.services import texts
from patients.tests.factories import TagFactory
from reminders.models import Ladder, LadderState, Notice
from reminders.services import ladders, planning
from scheduling.tests.factories import AppointmentFactory

from .factories import LadderFactory, StepFactory

BACKEND = "django.contrib.auth.backends.ModelBackend"
LIST = reverse("admin:reminders_ladder_changelist")
NOTICES = reverse("admin:reminders_notice_changelist")
READERS = {"supervisor", "administrator", "campaign_editor", "auditor", "agent", "front_desk"}
WRITERS = {"supervisor", "administrator", "campaign_editor"}
USERS = WRITERS - {"campaign_editor"}
DAY = {"hours_before": 24, "at_time": dt.time(10)}
DAY_OF_STEP = "2026-12-05"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def address(ladder, act="change"):
    return f"{LIST}{ladder.pk}/{act}/"


@pytest.fixture
def live(noon):
    return LadderFactory(name_en="Standard reminders", steps=[DAY])


@pytest.fixture
def draft(live):
    return ladders.copy(ladder=live, by=UserFactory())


def typed(ladder, *steps, **more):
    """What the browser sends for these steps."""
    data = {"seen": ladders.mark(ladder), "name_zh": "", "name_en": "Reminders", "row": [], **more}
    for number, step in enumerate(steps):
        data["row"].append(str(number))
        values = {
            "amount": "1", "unit": "days", "act": "message", "media_0": "sms", "audience": "all",
            "riskiest_percent": "20",
        } | step  # fmt: skip
        data |= {f"step{number}-{name}": value for name, value in values.items()}
    return data


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_may_read_write_and_put_in_use(as_role, draft, live, role):
    client = as_role(role)
    assert client.get(LIST).status_code == (200 if role in READERS else 403)
    assert client.get(address(live)).status_code == (200 if role in READERS else 403)
    assert client.get(address(draft, "try")).status_code == (200 if role in READERS else 403)
    for page in (address(draft, "edit"), address(draft, "discard"), f"{LIST}add/"):
        assert client.get(page).status_code == (200 if role in WRITERS else 403)
    assert client.get(address(live, "end")).status_code == (200 if role in USERS else 403)
    assert client.get(NOTICES).status_code == (200 if role in READERS else 403)
    client.post(address(draft, "try"), {"seen": ladders.mark(draft)})
    draft.refresh_from_db()
    assert draft.state == ("live" if role in USERS else "draft")


def test_strangers_are_sent_to_the_sign_in(client, live):
    for page in (LIST, address(live), address(live, "try"), address(live, "edit"), f"{LIST}add/", NOTICES):
        assert client.get(page).status_code == 302


def test_nobody_changes_or_deletes_by_the_plain_form(as_role, draft):
    client = as_role("administrator", is_superuser=True)
    assert client.post(address(draft), {"name_en": "evil"}).status_code == 403
    assert client.post(address(draft, "delete"), {"post": "yes"}).status_code == 403


def test_the_list_says_in_words_what_is_in_use_for_whom_and_by_whom(as_role, noon):
    live = LadderFactory(by=UserFactory(name="Maria"), services=[ServiceFactory(name_en="Asthma clinic")])
    StepFactory(ladder=live, hours_before=72, at_time=dt.time(10), media="wechat email sms")
    LadderFactory(name_en="Old one", state="ended", ended_at=noon.now)
    page = as_role().get(LIST).text
    assert "3 days before, at 10:00 · WeChat, E-mail, SMS · everybody" in page
    for word in ("Asthma clinic", "Maria", "In use", "Mon 30 Nov 12:00"):
        assert word in page
    assert "Old one" not in page
    assert "Old one" in as_role().get(LIST, {"use": "no"}).text


def test_the_list_costs_the_same_for_few_rows_and_for_many(as_role, live):
    client = as_role()
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    tag = TagFactory()
    for _number in range(8):
        LadderFactory(services=[ServiceFactory()], steps=[DAY, {"hours_before": 2, "audience": "tag", "tag": tag}])
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    assert len(many) <= len(few) + 1  # the tags, once


def test_the_page_draws_the_line_for_an_example_visit_with_the_words(as_role, live):
    texts.ensure_all()
    client = as_role()
    page = client.get(address(live)).text
    assert "Mon 7 Dec 10:00" in page
    assert "Tue 8 Dec 09:30" in page  # next Tuesday, as today is one
    assert "Riverside Hospital: Alice Smith, your visit is on Tue 8 Dec 09:30" in page
    other = client.get(address(live), {"visit_day": "2026-12-24", "visit_time": "16:00"})
    assert "Wed 23 Dec 10:00" in other.text
    part = client.get(address(live), {"visit_day": "x", "visit_time": "99"}, headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="line">')
    assert "Type a day and a time" in part


def test_a_page_costs_the_same_for_few_steps_and_for_many(as_role, live):
    texts.ensure_all()
    client = as_role()
    client.get(address(live))
    with CaptureQueriesContext(connection) as few:
        client.get(address(live))
    for hours in range(2, 10):
        StepFactory(ladder=live, hours_before=hours)
    with CaptureQueriesContext(connection) as many:
        client.get(address(live))
    assert len(many) <= len(few) + 8  # the rule of the hours of sending, for each step


# The editor


def test_a_copy_is_made_by_saving_and_not_by_looking(as_role, live):
    client = as_role()
    page = client.get(address(live, "next"))
    assert page.status_code == 200
    assert Ladder.objects.count() == 1
    [step] = live.steps.all()
    data = typed(live, {"lineage": str(step.lineage), "amount": "2", "at_time": "10:00"}, save="1")
    answer = client.post(address(live, "next"), data)
    draft = Ladder.objects.get(state="draft")
    assert answer.headers["location"] == address(draft, "try")
    assert (draft.steps.get().hours_before, draft.steps.get().lineage) == (48, step.lineage)
    assert client.get(address(live, "next")).headers["location"] == address(draft, "edit")


def test_a_new_ladder_is_written_for_services_of_its_own(as_role, noon):
    service, tag = ServiceFactory(), TagFactory()
    data = {
        "name_en": "Children", "services": [service.pk], "row": ["3", "7"], "save": "1",
        "step3-amount": "2", "step3-unit": "hours", "step3-act": "call", "step3-audience": "at_risk",
        "step3-riskiest_percent": "40", "step7-amount": "3", "step7-unit": "days", "step7-at_time": "9",
        "step7-act": "message", "step7-media_0": "wechat", "step7-media_2": "sms", "step7-audience": "tag",
        "step7-tag": tag.pk, "step7-only_unanswered": "on",
    }  # fmt: skip
    assert as_role().post(f"{LIST}add/", data).status_code == 302
    draft = Ladder.objects.get()
    assert [str(one) for one in draft.services.all()] == [str(service)]
    assert [step.in_words for step in draft.steps.all()] == [
        "3 days before, at 09:00 · WeChat, SMS · with the tag Wheelchair, while unanswered",
        "2 hours before · Call by staff · the riskiest 40 %",
    ]


@pytest.mark.parametrize(
    ("step", "sentence", "status"),
    [
        ({"amount": "0"}, "greater than or equal to 1", 422),
        ({"amount": ""}, "This field is required", 422),
        ({"at_time": "25:99"}, "Enter a valid time", 422),
        ({"media_1": "sms"}, "Name each channel once", 422),
        ({"media_0": "pigeon"}, "not one of the available choices", 422),
        ({"amount": "31"}, "between 1 hour and 30 days", 422),
        ({"unit": "hours", "at_time": "10:00"}, "A time of day goes with whole days only", 422),
        ({"media_0": ""}, "A message needs at least one channel", 422),
        ({"audience": "tag"}, "Choose the tag", 422),
        ({"audience": "at_risk", "riskiest_percent": "101"}, "less than or equal to 100", 422),
    ],
)
def test_what_cannot_be_so_is_said_beside_its_field(as_role, draft, step, sentence, status):
    page = as_role().post(address(draft, "edit"), typed(draft, {}, step, save="1"))
    assert page.status_code == status
    assert sentence in page.text
    assert page.context["typed"].steps[1].errors
    assert not page.context["typed"].steps[0].errors
    assert draft.steps.get().at_time == dt.time(10)


def test_a_ladder_without_name_or_step_is_refused_on_the_page(as_role, draft):
    client = as_role()
    assert (
        "a name in at least one language"
        in client.post(address(draft, "edit"), typed(draft, {}, save="1", name_en=" ")).text
    )
    page = client.post(address(draft, "edit"), typed(draft, save="1"))
    assert (page.status_code, "A ladder needs at least one step." in page.text) == (422, True)


def test_who_was_slower_keeps_what_they_typed(as_role, draft):
    data = typed(draft, {"amount": "5"}, save="1")
    StepFactory(ladder=draft, hours_before=2)
    page = as_role().post(address(draft, "edit"), data)
    assert page.status_code == 409
    assert "Somebody changed this ladder meanwhile." in page.text
    assert 'value="5"' in page.text


def test_steps_are_added_and_removed_without_saving(as_role, draft):
    client = as_role()
    page = client.post(address(draft, "edit"), typed(draft, {}, {"amount": "9"}, add="1"))
    assert [form.number for form in page.context["typed"].steps] == [0, 1, 2]
    assert page.text.count("autofocus") == 1
    page = client.post(address(draft, "edit"), typed(draft, {}, {"amount": "9"}, remove="0"))
    assert [form["amount"].value() for form in page.context["typed"].steps] == ["9"]
    assert draft.steps.count() == 1


def test_while_one_types_only_the_line_is_sent_and_nothing_is_saved(as_role, draft):
    data = typed(draft, {"amount": "3", "at_time": "11:15"}, {"amount": ""}, save="1")
    page = as_role().post(address(draft, "edit"), data, headers={"HX-Request": "true"})
    assert page.text.lstrip().startswith('<div id="drawn">')
    assert "Sat 5 Dec 11:15" in page.text
    assert "1 step cannot be drawn yet" in page.text
    assert draft.steps.get().hours_before == 24


@pytest.mark.parametrize("rows", [["x", "-1", "99999", "²"], ["0"] * 50])
def test_rows_that_no_page_of_ours_sends_break_nothing(as_role, draft, rows):
    page = as_role().post(address(draft, "edit"), {**typed(draft, {}, save="1"), "row": rows})
    assert page.status_code in (302, 422)


def test_what_is_in_use_cannot_be_changed_by_the_address_of_the_editor(as_role, live):
    page = as_role().post(address(live, "edit"), typed(live, {"amount": "5"}, save="1"))
    assert live.steps.get().hours_before == 24
    assert page.status_code == 302  # a draft was made of it, as by changing a copy
    assert Ladder.objects.get(state="draft").steps.get().hours_before == 120


def test_a_draft_is_discarded(as_role, draft):
    answer = as_role().post(address(draft, "discard"))
    assert answer.headers["location"] == LIST
    assert not Ladder.objects.filter(state="draft").exists()


# Tried, put in use, ended


def test_the_trial_opens_at_once_and_counts_then(as_role, draft, visit):
    client = as_role()
    assert "Counting who would get what" in client.get(address(draft, "try")).text
    part = client.get(address(draft, "try"), headers={"HX-Request": "true"})
    assert part.context["trial"].total == 1
    assert "As booked at Tue 1 Dec 12:00." in part.text
    step = draft.steps.get()
    assert f"?step={step.pk}&amp;day=2026-12-05" in part.text
    assert "±0" in part.text


def test_each_number_leads_to_its_people_with_masked_phones(as_role, draft, visit):
    step = draft.steps.get()
    page = as_role().get(address(draft, "try"), {"step": step.pk, "day": "2026-12-05"}).text
    assert "1 person would get it" in page
    assert "138****8000" in page
    assert "13800138000" not in page
    assert "Alice Smith" in page


def test_people_of_other_departments_are_counted_and_not_shown(client, draft, visit):
    client.force_login(UserFactory(role="front_desk", sees_all_sites=False), backend=BACKEND)
    page = client.get(address(draft, "try"), {"step": draft.steps.get().pk, "day": "2026-12-05"}).text
    assert "1 person would get it" in page
    assert "0 of them are shown" in page
    assert "Alice Smith" not in page


def test_who_may_see_no_bookings_sees_numbers_without_links(as_role, draft, visit):
    client = as_role("campaign_editor")
    part = client.get(address(draft, "try"), headers={"HX-Request": "true"}).text
    assert "?step=" not in part
    assert client.get(address(draft, "try"), {"step": draft.steps.get().pk, "day": "2026-12-05"}).status_code == 403


@pytest.mark.parametrize(
    "query", [{"step": "x", "day": "2026-12-05"}, {"step": "0", "day": "2026-12-05"}, {"step": "1"}]
)
def test_numbers_that_are_not_there_have_no_page(as_role, draft, query):
    assert as_role().get(address(draft, "try"), query).status_code == 404


def test_people_stand_on_pages_of_fifty_and_cost_the_same(as_role, draft, slots):
    client, step = as_role(), draft.steps.get()
    query = {"step": step.pk, "day": "2026-12-05"}
    AppointmentFactory(slot=slots[0])
    client.get(address(draft, "try"), query)
    cache.clear()
    with CaptureQueriesContext(connection) as few:
        client.get(address(draft, "try"), query)
    slots[1].capacity = 60
    slots[1].save()
    for _number in range(59):
        AppointmentFactory(slot=slots[1])
    cache.clear()
    with CaptureQueriesContext(connection) as many:
        page = client.get(address(draft, "try"), query)
    assert len(page.context["rows"]) == 50
    assert len(client.get(address(draft, "try"), {**query, "p": 2}).context["rows"]) == 10
    assert len(many) <= len(few)


def test_put_in_use_from_the_page(as_role, draft, live):
    answer = as_role().post(address(draft, "try"), {"seen": ladders.mark(draft)}, follow=True)
    draft.refresh_from_db()
    assert draft.state == LadderState.LIVE
    assert "In use from now on." in answer.text


def test_an_overlap_and_a_change_meanwhile_are_said_on_the_page(as_role, draft, live):
    client = as_role()
    changed = client.post(address(draft, "try"), {"seen": "other"})
    assert (changed.status_code, "Somebody changed this ladder meanwhile." in changed.text) == (409, True)
    second = ladders.begin(name_zh="", name_en="Second", by=UserFactory())
    StepFactory(ladder=second)
    page = client.post(address(second, "try"), {"seen": ladders.mark(second)})
    assert page.status_code == 409
    assert "Standard reminders is in use for the same services" in page.text


def test_the_end_says_what_is_called_off_before(as_role, noon, visit, live):
    noon.at(9, day=5)
    planning.plan_due()
    client = as_role()
    page = client.get(address(live, "end")).text
    assert "1 message" in page
    assert "0 calls by staff" in page
    client.post(address(live, "end"))
    live.refresh_from_db()
    assert live.state == LadderState.ENDED
    assert Delivery.objects.get(kind="reminder").state == "cancelled"


def test_only_acts_that_fit_are_offered(as_role, draft, live):
    client = as_role()
    page = client.get(address(live)).text
    assert (address(live, "next") in page, address(live, "end") in page, address(live, "try") in page) == (1, 1, 0)
    page = client.get(address(draft)).text
    assert (address(draft, "edit") in page, address(draft, "try") in page, address(draft, "end") in page) == (1, 1, 0)


# Notices


def test_notices_are_read_by_their_names_and_lead_to_their_words(as_role):
    page = as_role().get(NOTICES).text
    assert "Booking confirmed" in page
    assert "WeChat → SMS → E-mail" in page
    assert "messagetemplate/?kind=booked" in page


def test_a_notice_is_changed_with_its_history(as_role):
    notice = Notice.objects.get(kind="booked")
    data = {"media_0": "email", "media_1": "", "media_2": "sms", "is_active": "on"}
    assert as_role().post(f"{NOTICES}{notice.pk}/change/", data).status_code == 302
    notice.refresh_from_db()
    assert (notice.media, notice.history.count()) == ("email sms", 1)


@pytest.mark.parametrize("media", [("", ""), ("sms", "sms")])
def test_a_notice_without_a_channel_or_with_one_twice_is_refused(as_role, media):
    notice = Notice.objects.get(kind="booked")
    page = as_role().post(f"{NOTICES}{notice.pk}/change/", {"media_0": media[0], "media_1": media[1]})
    assert page.status_code == 200
    notice.refresh_from_db()
    assert notice.media == "wechat sms email"


# In a browser


@pytest.mark.without_network  # as below
@pytest.mark.django_db(transaction=True)
def test_a_supervisor_moves_a_step_to_two_days_before_by_keyboard_alone(page, sign_in):
    texts.ensure_all()
    live = LadderFactory(steps=[DAY])
    sign_in(UserFactory(role="supervisor", sees_all_sites=True))
    page.goto(address(live))
    keys = 0

    def press(key, times=1):
        nonlocal keys
        keys += times
        for _time in range(times):
            page.keyboard.press(key)

    page.get_by_role("link", name="Change a copy").focus()  # by Tab from the top, see the next line
    press("Enter")
    page.wait_for_load_state("networkidle")  # the script that draws anew is there
    page.locator("input[name$=amount]:focus").first.wait_for()  # the caret is in the first step's number
    press("ArrowUp")
    page.locator("#drawn").get_by_text("2 days before, at 10:00").wait_for()
    press("Enter")
    page.get_by_role("heading", name="By which channel").wait_for()
    while page.evaluate("document.activeElement.innerText") != "Put in use":
        press("Tab")
        assert keys < 40
    press("Enter")
    page.get_by_text("In use from now on.").wait_for()
    assert Ladder.objects.live().get().steps.get().hours_before == 48
    assert keys <= 12


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_editor_trial_and_pages_have_no_fault_that_axe_finds(page, sign_in, size):
    texts.ensure_all()
    live = LadderFactory(steps=[DAY, {"hours_before": 72, "act": "call", "media": "", "audience": "at_risk"}])
    draft = ladders.copy(ladder=live, by=UserFactory())
    sign_in(UserFactory(is_superuser=True))
    page.set_viewport_size({"width": size[0], "height": size[1]})
    part = None if size[0] > 1000 else "#content"  # the library's narrow header has a nameless link on every page
    notice = Notice.objects.get(kind="booked")
    addresses = (
        LIST, address(live), address(draft, "edit"), address(draft, "try") + "?now=1", address(live, "end"),
        f"{NOTICES}{notice.pk}/change/",
    )  # fmt: skip
    for one in addresses:
        page.goto(one)
        found = Axe().run(page, context=part, options=RULES)
        assert found.violations_count == 0, f"{one}\n{found.generate_report()}"
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0], one


@pytest.mark.without_network  # a preview that is asked for is cut off by what is sent next
@pytest.mark.django_db(transaction=True)
def test_the_editor_adds_a_step_and_says_what_is_wrong_with_it(page, sign_in):
    texts.ensure_all()
    live = LadderFactory(steps=[DAY])
    sign_in(UserFactory(is_superuser=True))
    page.goto(address(live, "next"))
    page.get_by_role("button", name="Add a step").press("Enter")
    second = page.get_by_role("group", name="Step 2")
    second.get_by_label("How long before").wait_for()
    second.get_by_label("Unit").select_option("hours")
    second.get_by_label("First by").select_option("")
    page.get_by_role("button", name="Save and try it").last.press("Enter")
    second.get_by_text("A message needs at least one channel.").wait_for()
    second.get_by_label("What").select_option("call")
    second.get_by_label("First by").wait_for(state="hidden")
    page.get_by_role("button", name="Save and try it").last.press("Enter")
    page.get_by_text("Would go to staff as calls").wait_for()
    assert [step.act for step in Ladder.objects.get(state="draft").steps.all()] == ["message", "call"]
