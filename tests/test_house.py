"""Every page of the staff admin opens, for one who may see everything."""

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import override_settings
from django.urls import reverse

pytestmark = pytest.mark.django_db

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def staff_client(client):
    user = get_user_model().objects.create_superuser(username="alice", password="a-long-password")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _address(model, page: str) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_list_opens(staff_client, model, language):
    answer = staff_client.get(_address(model, "changelist"), headers={"accept-language": language})
    assert answer.status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_list_can_be_searched(staff_client, model):
    answer = staff_client.get(_address(model, "changelist"), {"q": "alice"})
    assert answer.status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_add_page_opens_or_is_refused_by_right(staff_client, model):
    assert staff_client.get(_address(model, "add")).status_code in (200, 403)


def test_the_start_page_opens(staff_client):
    assert staff_client.get(reverse("admin:index")).status_code == 200


INLINES = [(page, kind) for page in admin.site._registry.values() for kind in page.inlines]


@pytest.mark.parametrize(("page", "kind"), INLINES, ids=lambda one: getattr(one, "__name__", ""))
def test_what_an_inline_shows_by_pages_has_an_order(staff_client, rf, page, kind):
    request = rf.get("/")
    request.user = get_user_model().objects.get()
    inline = kind(page.model, page.admin_site)
    assert not getattr(inline, "per_page", None) or inline.get_queryset(request).ordered


def test_nobody_edits_the_queue_or_raw_keys_by_hand():
    assert {model._meta.app_label for model in MODELS}.isdisjoint({"django_q", "rest_framework_api_key"})


def test_a_stranger_is_sent_to_sign_in(client):
    answer = client.get(reverse("admin:index"))
    assert answer.status_code == 302
    assert reverse("admin:login") in answer.url


def test_an_address_that_is_nothing_says_so_in_the_readers_language(client):
    page = client.get("/nothing/", headers={"accept-language": "zh-hans"})
    assert page.status_code == 404
    assert 'lang="zh-hans"' in page.text
    assert "江滨医院" in page.text


def test_the_api_answers_an_unknown_address_in_json(client):
    answer = client.get("/api/nothing/")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/admin/login/", "/nothing/", "/api/nothing/"])
def test_no_answer_is_kept_by_a_browser_or_proxy(client, path):
    assert "no-store" in client.get(path)["Cache-Control"]


def test_pages_carry_the_security_headers(client):
    headers = client.get("/admin/login/").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"].split("script-src")[1].split(";")[0]


def test_the_api_asks_the_database_for_no_session(client, django_assert_num_queries):
    client.cookies["sessionid"] = "whatever"
    with django_assert_num_queries(0):
        client.get("/api/nothing/")


@override_settings(DEBUG=False)
def test_a_fault_of_ours_shows_a_calm_page(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("crm.health.database_answers", lambda: 1 / 0)
    answer = client.get("/healthz")
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
