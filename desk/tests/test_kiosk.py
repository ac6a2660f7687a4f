"""The kiosk in a real browser, by touch and by reader; and what it keeps to itself."""

import datetime as dt

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from accounts.services import devices
from common import clock
from patients.tests.factories import PatientFactory
from scheduling.services import holds
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory
from tests.axe import RULES
from visits.models import QueueEntry
from visits.services import door_codes
from visits.tests.factories import booked, clinic, counter, waiting

BORN = dt.date(1946, 3, 5)


@pytest.fixture
def machine(transactional_db):
    return devices.register(name="Hall A", channel="kiosk")


@pytest.fixture
def booking(transactional_db):
    return booked(clinic(), name="王小明", birth_date=BORN)


def address(machine, name="start", **more) -> str:
    return reverse(
        f"kiosk:{name}", kwargs={"kiosk": machine.uuid, **({"language": "en"} if name == "start" else {}), **more}
    )


def post(client, machine, how, **typed):
    return client.post(reverse("kiosk:prove", kwargs={"kiosk": machine.uuid, "language": "en", "how": how}), typed)


def test_a_reader_types_the_code_and_one_press_checks_in(page, machine, booking):
    page.goto(address(machine))
    page.keyboard.type(door_codes.code_of(booking))
    page.keyboard.press("Enter")
    page.wait_for_selector("dd:text-is('王*')")
    page.click("text=Yes, check me in")
    page.wait_for_selector(".number")
    assert page.inner_text(".number") == QueueEntry.objects.get(appointment=booking).ticket


def test_reference_and_birth_date_are_typed_on_the_screens_own_keys(page, machine, booking):
    page.goto(address(machine))
    page.click("text=Reference and birth date")
    for sign in booking.reference:
        page.click(f".keys button:text-is('{sign}')")
    page.click("#id_birth_date")
    page.wait_for_selector(".keys[data-kind=digits]")
    for sign in "194603055":
        page.click(f".keys button:text-is('{sign}')")
    page.click(".keys button[aria-label=Delete]")
    page.click("text=Continue")
    page.wait_for_selector("text=Is this your visit?")


def test_a_code_counts_in_whatever_field_is_open(page, machine, booking):
    page.goto(address(machine))
    page.click("text=Identity card or passport number")
    page.wait_for_selector("#id_identifier:focus")
    page.keyboard.type(door_codes.code_of(booking))
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Is this your visit?")


def test_what_was_typed_is_gone_when_nobody_touches_the_page(page, machine, booking):
    page.clock.install()
    page.goto(address(machine))
    page.click("text=Reference and birth date")
    page.fill("#id_reference", booking.reference)
    page.clock.run_for(60_000)
    page.wait_for_selector("#idle", state="visible")
    page.click("#stay")
    page.clock.run_for(30_000)
    assert page.input_value("#id_reference") == booking.reference
    page.clock.run_for(60_000)
    page.wait_for_url(f"**{address(machine, 'page')}")
    page.go_back()
    assert "王" not in page.content()
    assert booking.reference not in page.content()


def test_the_ticket_does_not_stay_for_the_next_person(page, machine, booking):
    page.clock.install()
    page.goto(address(machine))
    page.keyboard.type(door_codes.code_of(booking))
    page.keyboard.press("Enter")
    page.click("text=Yes, check me in")
    page.wait_for_selector(".number")
    page.clock.run_for(50_000)
    page.wait_for_url(f"**{address(machine, 'page')}")
    assert page.locator(".number").count() == 0


@pytest.mark.without_network
def test_without_the_network_it_says_so_and_begins_again(page, machine, booking):
    page.goto(address(machine))
    page.route("**/code/", lambda route: route.abort())
    page.keyboard.type(door_codes.code_of(booking))
    page.keyboard.press("Enter")
    page.wait_for_selector("#gone", state="visible")
    assert QueueEntry.objects.count() == 0


def test_it_works_without_scripts(browser, live_server, machine, booking):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(address(machine))
    page.fill("#id_code", door_codes.code_of(booking))
    page.click("text=Continue")
    page.click("text=Yes, check me in")
    assert page.inner_text(".number") == QueueEntry.objects.get().ticket
    context.close()


def test_asked_twice_it_is_the_same_number(client, machine, booking):
    confirm = post(client, machine, "code", code=door_codes.code_of(booking))
    arrive = reverse("kiosk:arrive", kwargs={"kiosk": machine.uuid, "language": "en"})
    yes = {"proof": confirm.context["proof"], "booking": str(booking.uuid)}
    tickets = {client.post(arrive, yes).context["entry"].ticket for _press in range(2)}
    assert len(tickets) == QueueEntry.objects.count() == 1


def test_a_proof_opens_only_the_visit_that_was_proven(client, machine, booking):
    other = booked(clinic())
    confirm = post(client, machine, "code", code=door_codes.code_of(booking))
    arrive = reverse("kiosk:arrive", kwargs={"kiosk": machine.uuid, "language": "en"})
    for typed in (
        {"proof": confirm.context["proof"], "booking": str(other.uuid)},
        {"proof": confirm.context["proof"] + "x", "booking": str(booking.uuid)},
        {"proof": "", "booking": ""},
        {},
    ):
        assert client.post(arrive, typed).status_code == 200
    assert QueueEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("how", "typed", "status"),
    [
        ("code", {"code": "K7M29QXD:made-up"}, 422),
        ("code", {"code": ""}, 422),
        ("reference", {"reference": "K7M29QXD", "birth_date": "1946"}, 422),
        ("reference", {"reference": "", "birth_date": "19469999"}, 422),
        ("reference", {"reference": "\x00" * 9, "birth_date": "19460305"}, 422),
        ("identifier", {"identifier": "…"}, 422),
        ("identifier", {"identifier": "9" * 500}, 422),
        ("elsewhere", {}, 404),
    ],
)
def test_bad_input_is_refused_in_words_and_stays_in_the_field(client, machine, how, typed, status):
    answer = post(client, machine, how, **typed)
    assert answer.status_code == status
    if typed and how != "elsewhere":
        assert answer.context["form"].data.get("reference", "") == typed.get("reference", "")


def test_somebody_elses_visit_shows_only_a_masked_name_and_no_sensitive_department(client, machine, booking):
    department = booking.slot.service.department
    department.is_sensitive = True
    department.save()
    shown = post(client, machine, "code", code=door_codes.code_of(booking)).content.decode()
    assert "王*" in shown
    assert "王小明" not in shown
    assert str(booking.slot.service) not in shown
    assert str(department) not in shown


def test_an_old_code_says_what_became_of_the_visit(client, machine):
    slot = SlotFactory(session=clinic(), starts_at=clock.now() - dt.timedelta(days=3), capacity=1)
    old = AppointmentFactory(slot=slot)
    answer = post(client, machine, "code", code=door_codes.code_of(old))
    assert answer.status_code == 422
    assert "not today" in answer.content.decode()


def test_a_machine_out_of_use_and_another_channel_have_no_page(client, machine):
    partner = devices.register(name="Partner", channel="partner")
    machine.is_active = False
    machine.save()
    assert [client.get(address(one)).status_code for one in (partner, machine)] == [404, 404]


def test_an_address_that_was_taken_away_opens_nothing(client, machine):
    old = address(machine)
    devices.move_address(machine, by=counter().by)
    assert client.get(old).status_code == 404
    assert client.get(address(machine)).status_code == 200


def test_nothing_is_kept_by_the_browser(client, machine, booking):
    answer = post(client, machine, "code", code=door_codes.code_of(booking))
    assert "no-store" in answer.headers["Cache-Control"]
    assert set(answer.cookies) <= {"csrftoken"}


def test_the_counter_reads_the_same_code(client, booking):
    client.force_login(counter().by)
    found = client.get(reverse("admin:desk:queue_found"), {"q": door_codes.code_of(booking)})
    assert "王小明" in found.content.decode()


def test_the_slip_carries_the_code_and_speaks_the_patients_language(client, booking):
    client.force_login(counter().by)
    page = client.get(reverse("admin:desk:slip", kwargs={"booking": booking.uuid}))
    assert page.context["qr"].startswith("data:image/svg+xml")
    assert str(booking) in page.content.decode()
    assert 'lang="zh-Hans"' in page.content.decode()


@pytest.mark.parametrize(("status", "answer"), [("booked", 200), ("arrived", 200), ("cancelled", 404), ("noshow", 404)])
def test_only_what_is_to_come_is_printed_on_a_slip(client, booking, status, answer):
    type(booking).objects.update(status=status)
    client.force_login(counter().by)
    assert client.get(reverse("admin:desk:slip", kwargs={"booking": booking.uuid})).status_code == answer


def test_a_held_place_has_no_slip_yet(client, booking):
    tomorrow = SlotFactory(session=SessionFactory(service=booking.slot.service))
    held = holds.hold(slot=tomorrow, patient=PatientFactory(), origin=counter())
    client.force_login(held.by)
    assert client.get(reverse("admin:desk:slip", kwargs={"booking": held.uuid})).status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("size", [(1366, 768), (1080, 1920), (390, 844)])
def test_no_step_has_a_known_fault_and_each_fits(page, machine, booking, size, language):
    waiting(booking.slot.session, 15)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    steps = ["code", "reference", "identifier"]
    for how in steps:
        page.goto(reverse("kiosk:prove", kwargs={"kiosk": machine.uuid, "language": language, "how": how}))
        _look(page)
    page.goto(address(machine, language=language))
    page.keyboard.type(door_codes.code_of(booking))
    page.keyboard.press("Enter")
    page.wait_for_selector(".visit")
    _look(page)
    page.click(".visit .go")
    page.wait_for_selector(".number")
    _look(page)


def _look(page):
    page.wait_for_timeout(50)
    faults = Axe().run(page, options=RULES).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in faults] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
