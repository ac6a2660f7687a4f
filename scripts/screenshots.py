"""Takes the pictures of docs/screenshots/ from a running demo (`make run`, then `make screenshots`)."""

import datetime
import os
import sys
from pathlib import Path

import environ
from playwright.sync_api import sync_playwright

from scripts import chromium

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
ROLE = "front_desk"
# Tomorrow: a day on which places can still be booked.
DAY = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1)
PAGES = {"day-grid": f"/admin/desk/day/?day={DAY}", "today": "/admin/", "queue": "/admin/desk/queue/?department=all"}


def main(url: str) -> None:
    """Sign in as front desk and photograph each page at 1366 x 768."""
    environ.Env.read_env(ROOT / ".env")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        page = browser.new_page(base_url=url, viewport={"width": 1366, "height": 768}, locale="en-GB")
        _sign_in(page)
        for name, address in PAGES.items():
            _photograph(page, name, address)
        browser.close()


def _sign_in(page) -> None:
    page.goto("/admin/login/")
    page.fill("input[name=username]", ROLE)
    page.fill("input[name=password]", os.environ["DEMO_PASSWORD"])
    page.click("button[type=submit]")
    page.wait_for_url("**/admin/")


def _photograph(page, name: str, address: str) -> None:
    answer = page.goto(address)
    if not answer or not answer.ok:
        sys.exit(f"{address} answers {answer.status if answer else 'nothing'}")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1])
