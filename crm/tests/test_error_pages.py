"""What people see when something cannot be: in their language, in the hospital's looks, with a way back."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
SAID = {
    400: ("This request could not be read.", "请求无法读取。"),
    403: ("Your role does not include this page.", "您的角色无权访问此页面。"),
    "csrf": ("This form was open for too long.", "表单打开时间过长。"),
    404: ("There is nothing at this address.", "该地址不存在。"),
    500: ("Something went wrong on our side.", "系统出现错误。"),
}
LANGUAGES = {"en": 0, "zh-hans": 1}


@pytest.fixture
def provoke(monkeypatch):
    """`provoke(status, language)`: the answer of a page that fails so, for somebody of the front desk."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(UserFactory(role="front_desk"), backend="django.contrib.auth.backends.ModelBackend")
    monkeypatch.setattr("crm.health.database_answers", lambda: 1 / 0)

    def ask(status, language):
        given = {"accept-language": language}
        if status == "csrf":
            return client.post("/i18n/setlang/", headers=given)
        path = {403: reverse("admin:accounts_user_changelist"), 404: "/nothing/", 500: "/healthz"}.get(status, "/")
        return client.get(path, headers=given | ({"host": "elsewhere.example"} if status == 400 else {}))

    return ask


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", SAID)
def test_an_error_page_speaks_the_readers_language_and_leads_back(provoke, settings, status, language):
    settings.DEBUG = False
    page = provoke(status, language)
    assert page.status_code == (403 if status == "csrf" else status)
    assert f'lang="{language}"' in page.text
    assert SAID[status][LANGUAGES[language]] in page.text
    assert ("Riverside Hospital", "江滨医院")[LANGUAGES[language]] in page.text
    assert f'href="{reverse("admin:index")}"' in page.text


@pytest.mark.parametrize("status", SAID)
def test_an_error_page_has_a_dark_side(provoke, settings, status):
    settings.DEBUG = False
    text = provoke(status, "en").text
    assert "prefers-color-scheme: dark" in text or "crm.css" in text
