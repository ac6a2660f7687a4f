from drf_spectacular.validation import validate_schema
from playwright.sync_api import expect

from api import urls

# These are safe without a key: a repeat finds the look-alike, the entry or the answered offer, and changes nothing.
NOT_REPEATABLE = ("/api/v1/patients/", "/api/v1/waitlist/", "/api/v1/offers/{id}/decline/")


def test_the_schema_is_valid_and_names_every_address(client, db):
    schema = client.get("/api/v1/schema/?format=json").json()
    validate_schema(schema)
    assert schema["openapi"].startswith("3.1")
    assert len(schema["paths"]) == len(urls.urlpatterns) - 2  # without itself and the page


def test_every_call_documents_its_refusals_the_key_and_when_to_come_back(client, db):
    schema = client.get("/api/v1/schema/?format=json").json()
    for path, methods in schema["paths"].items():
        for method, call in methods.items():
            told = call["responses"]
            assert {"401", "403", "405", "406", "429", "503"} <= set(told), path
            assert call["security"] == [{"channelKey": []}], path
            assert "Retry-After" in told["429"]["headers"], path
            named = [parameter["name"] for parameter in call["parameters"]]
            assert ("Idempotency-Key" in named) == (method == "post" and not path.startswith(NOT_REPEATABLE)), path


def test_the_page_needs_nothing_from_elsewhere_and_runs_under_a_strict_policy(page, live_server):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    answer = page.goto("/api/v1/docs/")
    expect(page.get_by_text("Book a place", exact=True)).to_be_visible()
    assert "unsafe-inline" not in answer.headers["content-security-policy"].split("style-src")[0]
    assert all(url.startswith((live_server.url, "data:")) for url in asked)
