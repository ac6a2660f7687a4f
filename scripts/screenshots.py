"""Takes the pictures of docs/screenshots/ from a running demo (`make run`, then `make screenshots`).

The six main screens in English (`today.png`) and in Chinese (`today.zh.png`), at 1366 x 768; and the way to a booking
on the portal as a phone shows it, in elder mode too. For that a patient signs in, and is there the next time.
"""

import datetime
import os
import re
import sys
from pathlib import Path

import environ
from playwright.sync_api import Browser, Page, sync_playwright

from scripts import chromium

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
LANGUAGES = {"": "en-GB", ".zh": "zh-CN"}  # ending of the file -> language of the browser
# Tomorrow: a day on which places can still be booked.
DAY = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1)
DESK = "/admin/desk/booking/"
PATIENT = {"": ("13800138001", "Mary Jones"), ".zh": ("13800138002", "张丽华")}  # ending -> phone, name
CODE = re.compile(r"\b\d{6}\b")


def main(url: str) -> None:
    """Photograph each page in both languages."""
    environ.Env.read_env(ROOT / ".env")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        for ending, language in LANGUAGES.items():
            _photograph_all(browser, url, ending, language)
            _photograph_portal(browser, url, ending, language)
        browser.close()


def _photograph_all(browser: Browser, url: str, ending: str, language: str) -> None:
    page = _sign_in(browser, url, language, "front_desk")
    pages = {
        "today": "/admin/",
        "booking-desk": _desk_of_somebody(page),
        "day-grid": f"/admin/desk/day/?day={DAY}",
        "queue": "/admin/desk/queue/?department=all",
        "end-of-day": "/admin/desk/ending/",
        "call-screen": _screen(_sign_in(browser, url, language, "supervisor")),
    }
    for name, address in pages.items():
        _photograph(page, f"{name}{ending}", address)


def _photograph_portal(browser: Browser, url: str, ending: str, language: str) -> None:
    staff = _sign_in(browser, url, language, "supervisor")
    phone = browser.new_context(
        base_url=url, viewport={"width": 390, "height": 844}, locale=language, timezone_id="Asia/Shanghai"
    ).new_page()
    _enter_portal(phone, staff, *PATIENT[ending])
    for name, address in _way_to_a_booking(phone).items():
        _photograph(phone, f"portal-{name}{ending}", address)
    phone.goto("/portal/?elder=1")
    _photograph(phone, f"portal-elder{ending}", "/portal/")


def _enter_portal(phone: Page, staff: Page, number: str, name: str) -> None:
    """By a code that stands in the outbox; at the first time they also say who they are."""
    phone.goto("/portal/sign-in/")
    phone.fill("#id_phone", number)
    phone.click("main form .lead")
    phone.fill("#id_code", _code_of(staff, number))
    phone.click("main form .lead")
    if phone.locator("#id_name").count():
        phone.fill("#id_name", name)
        phone.fill("#id_birth_date", "1952-03-07")
        phone.check("#id_agree")
        phone.click("main form .lead")
    if phone.locator("#id_kind").count():
        phone.select_option("#id_kind", "")
        phone.click("main form .lead")


def _code_of(staff: Page, number: str) -> str:
    """The newest code that was said to the number, once the worker has sent it."""
    for _try in range(30):
        staff.goto("/admin/outbox/")
        talk = staff.locator("main a", has_text=number[-4:]).first
        if talk.count():
            talk.click()
            if codes := CODE.findall(staff.locator("main").inner_text()):
                return codes[-1]
        staff.wait_for_timeout(1_000)
    sys.exit("no code has come into the outbox")


def _way_to_a_booking(phone: Page) -> dict[str, str]:
    """The addresses of the pages, up to the one before a booking is made."""
    found = {"home": "/portal/", "who": "/portal/book/"}
    phone.goto(found["who"])
    for name in ("what", "which", "days", "times", "check"):
        if name not in ("what",):
            phone.locator("main [type=radio]").nth(1 if name in ("which", "days") else 0).check()
        phone.click("main form:has([type=radio]) .answers .lead")
        found[name] = phone.url.removeprefix(phone.url.partition("/portal/")[0])
    return found


def _sign_in(browser: Browser, url: str, language: str, role: str) -> Page:
    page = browser.new_context(
        base_url=url, viewport={"width": 1366, "height": 768}, locale=language, timezone_id="Asia/Shanghai"
    ).new_page()
    page.goto("/admin/login/")
    page.fill("input[name=username]", role)
    page.fill("input[name=password]", os.environ["DEMO_PASSWORD"])
    page.click("button[type=submit]")
    page.wait_for_url("**/admin/")
    return page


def _desk_of_somebody(page: Page) -> str:
    """The booking desk of somebody who has a booking: found as a receptionist would, by the record number."""
    page.goto(f"/admin/desk/day/?day={DAY}")
    page.locator("[data-booking]").first.click()
    number = page.locator("#panel-body .crm-facts a").inner_text()
    page.goto(DESK)
    page.fill("#caller", number)
    page.wait_for_selector("#caller-list [data-href]")
    return page.locator("#caller-list [data-href]").first.get_attribute("data-href")


def _screen(page: Page) -> str:
    """The address of the first call screen."""
    page.goto("/admin/visits/callscreen/")
    return page.locator("#result_list a[href^='/screen/']").first.get_attribute("href")


def _photograph(page: Page, name: str, address: str) -> None:
    answer = page.goto(address)
    if not answer or not answer.ok:
        sys.exit(f"{address} answers {answer.status if answer else 'nothing'}")
    page.wait_for_timeout(1_500)  # pages that ask every few seconds are never idle
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1])
