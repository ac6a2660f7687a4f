"""A booking that was begun and left is found under Today, and goes on where it was."""

import datetime as dt

from django.urls import reverse

from accounts.tests.factories import UserFactory
from common import clock
from scheduling.models import Appointment
from scheduling.tests.factories import SlotFactory


def test_a_page_that_was_left_keeps_the_place_and_today_leads_back_to_it(page, sign_in, transactional_db):
    slot = SlotFactory()
    sign_in(UserFactory(role="front_desk"))
    page.goto(reverse("admin:desk:day", query={"day": clock.today() + dt.timedelta(days=1)}))
    page.locator(f"[data-slot='{slot.uuid}']").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#find:focus")
    hold = Appointment.objects.get(slot=slot)
    page.goto(reverse("admin:index"))
    page.locator(f"#hold-{hold.uuid}").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#find:focus")
    assert "Held for you" in page.inner_text("#hold-clock")
    page.keyboard.press("Escape")
    page.wait_for_selector(f"#cell-{slot.uuid} [data-slot]")
    hold.refresh_from_db()
    assert hold.status == "cancelled"
