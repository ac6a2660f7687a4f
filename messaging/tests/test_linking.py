"""Links in the words of messages: only our own can be followed."""

import pytest

from messaging import linking
from messaging.templatetags.said import with_links

OURS = "https://crm.example.org"
CASES = [
    ("See https://crm.example.org/r/abc?x=1.", ["https://crm.example.org/r/abc?x=1"]),
    ("详见https://crm.example.org/r/abc。谢谢", ["https://crm.example.org/r/abc"]),
    ("https://crm.example.org", ["https://crm.example.org"]),
    ("https://crm.example.org.evil.example/a", []),
    ("https://crm.example.org@evil.example/", []),
    ("https://evil.example/https://crm.example.org/", []),
    ("javascript:alert(1) http://crm.example.org/a", []),
]


@pytest.mark.parametrize(("text", "links"), CASES)
def test_only_addresses_of_ours_are_links(text, links):
    parts = list(linking.parts(text, OURS))
    assert [part for part, is_link in parts if is_link] == links
    assert "".join(part for part, _ in parts) == text


def test_without_a_public_address_nothing_is_a_link():
    assert list(linking.parts("https://crm.example.org/", "")) == [("https://crm.example.org/", False)]


def test_all_that_is_drawn_is_escaped(settings):
    settings.PUBLIC_URL = OURS
    drawn = with_links('<b>x</b> https://crm.example.org/"onclick="alert(1) & more')
    assert "<b>" not in drawn
    assert '"onclick' not in drawn
    assert 'href="https://crm.example.org/&quot;onclick=&quot;alert(1"' in drawn
    assert "&amp; more" in drawn
