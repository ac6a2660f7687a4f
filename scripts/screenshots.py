"""Takes the pictures of docs/screenshots/ from a running demo (`make run`, then `make screenshots`).

The six main screens in English (`today.png`) and in Chinese (`today.zh.png`), at 1366 x 768.
"""

import datetime
import os
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


def main(url: str) -> None:
    """Photograph each page in both languages."""
    environ.Env.read_env(ROOT / ".env")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        for ending, language in LANGUAGES.items():
            _photograph_all(browser, url, ending, language)
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
