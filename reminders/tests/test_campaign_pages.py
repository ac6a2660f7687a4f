"""The pages on which campaigns are written, tried, started, paused and read."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import ROLES
from accounts.tests.factories import UserFactory
from directory.models import Scope
from directory.tests.factories import DepartmentFactory, SiteFactory
from messaging.models import Delivery
from messaging.services import texts
from patients.tests.factories import ContactPointFactory, PatientFactory, TagFactory
from reminders.models import Campaign, CampaignMember
from reminders.services import campaigns, handing

from .factories import CampaignFactory
from .test_campaign_results import Told, book, day

BACKEND = "django.contrib.auth.backends.ModelBackend"
LIST = reverse("admin:reminders_campaign_changelist")
READERS = {"supervisor", "administrator", "campaign_editor", "auditor"}
WRITERS = READERS - {"auditor"}
STARTERS = WRITERS - {"campaign_editor"}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
TYPED = {
    "name_zh": "", "name_en": "Yearly check", "purpose": "recall", "consent": "", "media_0": "sms", "per_minute": "30",
    "hold_out_percent": "0", "missed_months": "12", "only_unbooked": "on", "variant0-name": "A", "variant0-weight": "1",
    "variant0-text_en": "it is time for your next check.", "variant0-text_zh": "您该来复查了。",
}  # fmt: skip


def address(campaign, act="change"):
    return f"{LIST}{campaign.pk}/{act}/"


@pytest.fixture
def as_role(client):
    def sign_in(role="supervisor", **facts):
        client.force_login(UserFactory(role=role, **facts), backend=BACKEND)
        return client

    return sign_in


@pytest.fixture
def draft(noon):
    return CampaignFactory()


@pytest.fixture
def alice(noon):
    patient = PatientFactory(name="Alice Smith", language="en")
    ContactPointFactory(patient=patient)
    return patient


def started(**facts):
    draft = CampaignFactory(**facts)
    return campaigns.start(draft=draft, seen=draft.version, by=UserFactory(role="supervisor"))


def again(row):
    row.refresh_from_db()
    return row


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_may_read_write_and_start(as_role, draft, alice, role):
    client, running = as_role(role), started()
    for page in (LIST, address(draft), address(draft, "try")):
        assert client.get(page).status_code == (200 if role in READERS else 403)
    for page in (f"{LIST}add/", address(draft, "edit"), address(draft, "discard"), address(running, "pause")):
        assert client.get(page).status_code == (200 if role in WRITERS else 403)
    client.post(address(draft, "start") + "?seen=1")
    assert again(draft).state == ("running" if role in STARTERS else "draft")


def test_strangers_are_sent_to_the_sign_in(client, draft):
    for page in (LIST, address(draft), address(draft, "edit"), address(draft, "try"), f"{LIST}add/"):
        assert client.get(page).status_code == 302


def test_nobody_changes_or_deletes_by_the_plain_form(as_role, draft):
    client = as_role("administrator", is_superuser=True)
    assert client.post(address(draft), {"name_en": "evil"}).status_code == 403
    assert client.post(address(draft, "delete"), {"post": "yes"}).status_code == 403


def test_an_empty_list_says_what_to_do(as_role):
    assert "nobody is told anything before it is started" in as_role().get(LIST).text


def test_the_list_says_how_far_each_is_and_costs_the_same_for_many(as_role, alice):
    client = as_role()
    started()
    handing.run()
    assert "1 of 1 had their turn" in client.get(LIST).text
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for _number in range(6):
        started()
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    assert len(many) == len(few)


def test_what_has_ended_is_found_by_asking_for_it(as_role, noon):
    Told(name_en="Old one")
    assert "Old one" not in as_role().get(LIST).text
    assert "Old one" in as_role().get(LIST, {"use": "no"}).text


# Written


def test_a_campaign_is_written_and_leads_to_what_it_would_do(as_role):
    client = as_role()
    answer = client.post(f"{LIST}add/", TYPED)
    made = Campaign.objects.get()
    assert answer.headers["Location"] == address(made, "try")
    assert (made.media, made.variants.get().name) == ("sms", "A")
    client.post(address(made, "edit"), {**TYPED, "seen": "1", "age_from": "40", "variant0-weight": "3"})
    assert (again(made).age_from, made.variants.get().weight, made.version) == (40, 3, 2)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"variant0-text_en": "Your diabetes check."}, "tells of an illness"),
        ({"variant1-text_en": "Only English."}, "Write the words in both languages."),
        ({"variant0-text_en": "", "variant0-text_zh": ""}, "A campaign needs words."),
        ({"purpose": "checkup"}, "Choose what they agreed to."),
        ({"media_0": ""}, "Choose at least one channel."),
        ({"name_en": ""}, "Give it a name in at least one language."),
        ({"hold_out_percent": "60"}, "less than or equal to 50"),
        ({"age_from": "50", "age_to": "40"}, "must not be smaller than the first"),
    ],
)
def test_what_cannot_be_so_is_said_beside_it_and_what_was_typed_stays(as_role, changes, sentence):
    page = as_role().post(f"{LIST}add/", {**TYPED, **changes, "unseen_months": "7"})
    assert page.status_code == 422
    assert sentence in page.text
    assert 'value="7"' in page.text
    assert not Campaign.objects.exists()


def test_the_editor_opens_with_all_that_was_chosen(as_role, noon):
    department, tag = DepartmentFactory(), TagFactory()
    DepartmentFactory(name_en="Another")
    draft = CampaignFactory(departments=[department], tags_all=[tag], age_to=70, media="email sms")
    form = as_role().get(address(draft, "edit")).context["typed"].campaign
    chosen = {str(box.data["label"]): box.data["selected"] for box in form["departments"]}
    assert [name for name, is_chosen in chosen.items() if is_chosen] == [str(department)]
    assert [box.data["selected"] for box in form["tags_all"]] == [True]
    assert (form["age_to"].value(), form["media"].value()) == (70, "email sms")


def test_a_change_by_somebody_else_meanwhile_is_said(as_role, draft):
    Campaign.objects.update(version=2)
    page = as_role().post(address(draft, "edit"), {**TYPED, "seen": "1"})
    assert (page.status_code, "Somebody changed this campaign meanwhile." in page.text) == (409, True)


def test_who_sees_one_department_is_offered_and_may_choose_only_that(as_role, noon):
    mine, other = DepartmentFactory(name_en="Mine"), DepartmentFactory(name_en="Hidden")
    client = as_role("supervisor", sees_all_sites=False)
    Scope.objects.create(user_id=client.session["_auth_user_id"], site=mine.site, department=mine)
    page = client.get(f"{LIST}add/").text
    assert ("Mine" in page, "Hidden" in page) == (True, False)
    assert client.post(f"{LIST}add/", TYPED).status_code == 403
    assert client.post(f"{LIST}add/", {**TYPED, "departments": [other.pk]}).status_code == 422
    assert client.post(f"{LIST}add/", {**TYPED, "departments": [mine.pk]}).status_code == 302


# Tried and moved


def test_the_trial_counts_people_channels_time_and_names_some(as_role, alice, noon):
    PatientFactory(name="No Phone")
    draft = CampaignFactory(per_minute=1)
    page = as_role().get(address(draft, "try"), {"now": 1})
    assert (page.context["trial"].people, page.context["trial"].told, page.context["trial"].unreached) == (2, 1, 1)
    assert "Alice Smith" in page.text
    assert "Tue 1 Dec 12:01" in page.text
    assert not Delivery.objects.exists()
    assert not CampaignMember.objects.exists()


def test_words_that_name_a_telephone_which_nobody_knows_are_doubtful(as_role, draft, alice):
    draft.variants.update(text_en="call {phone}.")
    assert "No site has a telephone number" in as_role().get(address(draft, "try"), {"now": 1}).text
    SiteFactory(phone="010 5555 0100")
    assert "No site has a telephone number" not in as_role().get(address(draft, "try"), {"again": 1}).text


def test_who_may_not_see_patients_gets_numbers_only(as_role, alice, draft):
    page = as_role("campaign_editor").get(address(draft, "try"), {"now": 1})
    assert page.context["trial"].told == 1
    assert "Alice" not in page.text
    assert "A supervisor or an administrator starts it." in page.text


def test_only_the_version_that_was_tried_is_started(as_role, alice, draft):
    client = as_role()
    page = client.post(address(draft, "start") + "?seen=9")
    assert (page.status_code, "Somebody changed this campaign" in page.text) == (422, True)
    assert client.get(address(draft, "start") + "?seen=1").status_code == 200
    assert again(draft).state == "draft"
    client.post(address(draft, "start") + "?seen=1")
    assert again(draft).state == "running"


def test_pause_go_on_and_end_ask_first_and_stand_in_the_history(as_role, alice):
    client, campaign = as_role(), started()
    for act, state in (("pause", "paused"), ("resume", "running"), ("end", "ended")):
        assert client.get(address(campaign, act)).status_code == 200
        client.post(address(campaign, act))
        assert again(campaign).state == state
    assert [row.state for row in campaign.history.order_by("pk")] == ["draft", "running", "paused", "running", "ended"]
    refused = client.post(address(campaign, "pause"))
    assert (refused.status_code, "The campaign is: Ended." in refused.text) == (422, True)


def test_only_acts_that_fit_are_offered(as_role, alice, draft):
    client, running = as_role(), started()
    page = client.get(address(draft)).text
    assert [address(draft, act) in page for act in ("edit", "try", "pause", "end")] == [True, True, False, False]
    page = client.get(address(running)).text
    assert [address(running, act) in page for act in ("edit", "pause", "end", "copy")] == [False, True, True, True]


def test_a_copy_and_a_discarded_draft(as_role, alice):
    client, campaign = as_role(), started()
    answer = client.post(address(campaign, "copy"))
    copy = Campaign.objects.get(state="draft")
    assert answer.headers["Location"] == address(copy)
    assert client.post(address(copy, "discard")).headers["Location"] == LIST


# Results


def test_the_results_stand_on_the_page_with_their_intervals(as_role, noon):
    told = Told(hold_out_percent=10)
    book(told.person(told.a, answered_at=day(1), answer="call_me"), day(2))
    told.person(told.a)
    told.person(None)
    CampaignMember.objects.create(
        campaign=told.campaign, patient=PatientFactory(), variant=told.a, lot=1, state="skipped", reason="booked"
    )
    page = as_role().get(address(told.campaign)).text
    assert "50.0%" in page
    assert "1 of 2 · 9.5%–90.5%" in page  # Wilson
    assert "Held out" in page
    assert "The person has a booking to come: 1" in page


def test_results_are_kept_for_some_minutes_and_counted_again_when_asked(as_role, noon):
    told, client = Told(), as_role()
    patient = told.person(told.a)
    assert "0 of 1 ·" in client.get(address(told.campaign)).text
    book(patient, day(2))
    assert "1 of 1 ·" not in client.get(address(told.campaign)).text
    assert "1 of 1 ·" in client.get(address(told.campaign), {"again": 1}).text


def test_a_draft_has_no_results(as_role, draft):
    assert "Booked after it arrived" not in as_role().get(address(draft)).text


# In a browser


@pytest.mark.django_db(transaction=True)
def test_from_draft_to_results(page, sign_in, noon):
    texts.ensure_all()
    ContactPointFactory(patient=PatientFactory(name="Alice Smith", language="en"))
    sign_in(UserFactory(role="supervisor"))
    page.goto(f"{LIST}add/")
    page.get_by_label("English name").fill("Yearly check")
    page.get_by_label("Not seen for, months").fill("")
    page.get_by_label("Hold-out group, %").fill("0")
    first = page.get_by_role("group", name="Variant 1")
    first.get_by_label("Words in English").fill("it is time for your next check.")
    first.get_by_label("Words in Chinese").fill("您该来复查了。")
    page.get_by_role("button", name="Save and try it").click()
    page.get_by_role("link", name="Alice Smith").wait_for()
    page.get_by_role("link", name="Start it").click()
    page.get_by_role("button", name="Start it").click()
    page.get_by_text("It is running.").wait_for()
    handing.run()
    page.get_by_role("link", name="Pause").click()
    page.get_by_role("button", name="Pause it").click()
    page.get_by_text("It is paused. Nobody more is told.").wait_for()
    page.get_by_text("1 of 1 had their turn").wait_for()
    assert page.get_by_role("row").filter(has_text="A").last.get_by_role("cell").first.inner_text() == "1"
    assert Delivery.objects.get().reason == "paused"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_pages_have_no_fault_that_axe_finds(page, sign_in, noon, size):
    texts.ensure_all()
    ContactPointFactory(patient=PatientFactory(name="Alice Smith", language="en"))
    draft, told = CampaignFactory(departments=[DepartmentFactory()], unseen_months=3), Told(hold_out_percent=10)
    told.person(told.a)
    told.person(None)
    running = started()
    sign_in(UserFactory(is_superuser=True))
    page.set_viewport_size({"width": size[0], "height": size[1]})
    part = None if size[0] > 1000 else "#content"  # the library's narrow header has a nameless link on every page
    pages = [LIST, f"{LIST}add/", address(draft, "edit"), address(draft, "try") + "?now=1", address(running, "try")]
    for one in (*pages, address(told.campaign), address(running, "pause"), address(draft, "start") + "?seen=1"):
        page.goto(one)
        found = Axe().run(page, context=part, options=RULES)
        assert found.violations_count == 0, f"{one}\n{found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], one
