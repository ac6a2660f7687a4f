"""Every refusal of the floors below: what software relies on, and that people can be told."""

import ast
import importlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from common.errors import Refusal

MODULES = ("common.errors", "accounts.errors", "patients.errors", "scheduling.errors", "visits.errors")
STATUSES = {403, 404, 409, 422, 429, 503}
MAY_SUCCEED_LATER = {
    "busy", "changed_meanwhile", "nobody_waits", "too_many_attempts", "too_many_codes", "too_many_tries",
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
APPS = ("common", "accounts", "directory", "patients", "scheduling", "visits", "api", "desk", "portal", "crm")


def refusals():
    for name in MODULES:
        for kind in vars(importlib.import_module(name)).values():
            if isinstance(kind, type) and issubclass(kind, Refusal) and kind.__module__ == name:
                yield kind


ALL = list(refusals())
every_refusal = pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)


def sources():
    for app in APPS:
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            if "tests" not in path.parts and "migrations" not in path.parts:
                yield path


def calls():
    """Every `SomeRefusal(…)` in the program: name, keywords, where."""
    names = {kind.__name__ for kind in ALL}
    for path in sources():
        for node in ast.walk(ast.parse(Path(path).read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names:
                keywords = {word.arg for word in node.keywords}
                yield node.func.id, keywords - {"field", "alternatives"}, f"{path}:{node.lineno}"


CALLS = list(calls())


def test_codes_are_unique():
    codes = [kind.code for kind in ALL]
    assert len(codes) == len(set(codes))
    assert len(codes) > 60


@every_refusal
def test_a_code_is_for_software(kind):
    assert re.fullmatch(r"[a-z][a-z0-9_]{2,39}", kind.code)
    assert kind is Refusal or "code" in vars(kind)


@every_refusal
def test_a_message_is_a_sentence_for_people(kind):
    with translation.override("en"):
        text = str(kind.message)
    assert text.strip() == text
    assert text
    assert text[0].isupper() or text.startswith(("%(", "“"))
    assert text[-1] in ".?!" or text.endswith("%(problem)s")


@every_refusal
def test_a_message_has_no_placeholder_that_cannot_be_filled(kind):
    text = str(kind.message)
    assert "%" not in PLACEHOLDER.sub("", text)
    filled = str(kind(**dict.fromkeys(PLACEHOLDER.findall(text), "3")))
    assert "%(" not in filled


@every_refusal
def test_a_status_is_one_that_the_api_documents(kind):
    assert kind.status in STATUSES
    assert kind.permanent == (kind.code not in MAY_SUCCEED_LATER)


@every_refusal
def test_a_translation_keeps_the_placeholders(kind):
    with translation.override("en"):
        english = set(PLACEHOLDER.findall(str(kind.message)))
    with translation.override("zh-hans"):
        assert set(PLACEHOLDER.findall(str(kind.message))) == english


def test_whoever_refuses_gives_every_value_that_the_message_names_and_no_other():
    named = {kind.__name__: set(PLACEHOLDER.findall(str(kind.message))) for kind in ALL}
    wrong = [(name, where) for name, given, where in CALLS if None not in given and given != named[name]]
    assert wrong == []


def test_every_refusal_is_used():
    text = "\n".join(path.read_text() for path in sources() if path.name != "errors.py")
    assert [kind.__name__ for kind in ALL if kind is not Refusal and not re.search(rf"\b{kind.__name__}\b", text)] == []


def test_a_refusal_knows_its_field_its_alternatives_and_its_text():
    class Full(Refusal):
        code = "full"
        message = "Full until %(hour)s."

    refusal = Full(field="slot", alternatives=(n for n in (1, 2)), hour="nine")
    assert (refusal.field, refusal.alternatives, str(refusal)) == ("slot", [1, 2], "Full until nine.")
    assert str(Refusal()) == "This is not possible."
