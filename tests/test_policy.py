"""What Unfold's scripts need is allowed by the content policy, and what an attacker writes is not."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

PASSWORD = "a-long-password"


@pytest.fixture
def alice(transactional_db):
    return get_user_model().objects.create_superuser(username="alice", password=PASSWORD)


def test_staff_sign_in_and_open_the_desk_without_a_forbidden_script(page, alice):
    page.goto(reverse("admin:login"))
    page.fill("input[name=username]", "alice")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/admin/")


@pytest.mark.parametrize("model", ["accounts_user", "directory_department", "scheduling_schedule"])
def test_lists_and_forms_work_under_the_policy(page, sign_in, alice, model):
    sign_in(alice)
    for name in ("changelist", "add"):
        page.goto(reverse(f"admin:{model}_{name}"))
        page.wait_for_load_state("networkidle")
        assert page.evaluate("typeof window.Alpine") == "object"


def test_the_policy_stops_a_script_that_someone_wrote_into_a_page(browser, live_server, alice):
    def add_script(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("</body>", "<script>stolen = 1</script></body>"))

    page = browser.new_page(base_url=live_server.url)
    page.route("**/admin/login/", add_script)
    page.goto(reverse("admin:login"))
    assert "stolen = 1" in page.content()
    assert page.evaluate("typeof stolen") == "undefined"
    page.close()
