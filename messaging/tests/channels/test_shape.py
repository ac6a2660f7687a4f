"""What every carrier's adapter must declare, and what none may know."""

import ast
import re
from pathlib import Path

import pytest
from django.utils.functional import Promise

from messaging import channels
from messaging.channels import TRANSPORTS
from messaging.channels.base import Settles, Transport
from messaging.models import Medium

HERE = Path(channels.__file__).parent
MODULES = sorted(HERE.rglob("*.py"))
FOLDERS = sorted(path.parent.name for path in HERE.glob("*/transport.py"))


@pytest.fixture(params=TRANSPORTS.values(), ids=TRANSPORTS.keys())
def kind(request):
    return request.param


def test_every_folder_is_registered_under_its_own_name():
    assert sorted(TRANSPORTS) == FOLDERS
    assert {transport.__module__.split(".")[2] for transport in TRANSPORTS.values()} == set(FOLDERS)
    assert all(transport.__module__ == f"messaging.channels.{name}.transport" for name, transport in TRANSPORTS.items())


def test_it_has_a_name_in_the_readers_language_and_known_media(kind):
    assert isinstance(kind.label, Promise)
    assert kind.media
    assert set(kind.media) <= set(Medium.values)


def test_its_name_fits_the_table(kind):
    assert len(kind.kind) <= 20


def test_its_options_are_labelled_and_named_once(kind):
    names = [option.name for option in kind.options]
    assert len(names) == len(set(names))
    assert all(isinstance(option.label, Promise) for option in kind.options)
    assert all(isinstance(option.help, Promise) or option.help == "" for option in kind.options)


def test_what_is_secret_is_sealed_and_has_no_default(kind):
    secret = [option for option in kind.options if re.search(r"secret$|secret_key|token|password|api_key", option.name)]
    assert all(option.secret for option in secret)
    assert not any(option.default for option in kind.options if option.secret)


def test_an_option_with_a_default_is_not_asked_for(kind):
    assert not any(option.required and option.default for option in kind.options)


def test_it_can_be_made_without_settings(kind):
    assert set(kind({}).settings) == {option.name for option in kind.options}


def test_it_does_what_it_declares(kind):
    own = lambda name: getattr(kind, name) is not getattr(Transport, name)  # noqa: E731
    assert own("send")
    assert own("find") or kind.settles is not Settles.ASK
    assert kind.key_minutes > 0
    assert kind.index_seconds > 0


def test_what_cannot_be_settled_goes_one_at_a_time(kind):
    assert kind.settles is not Settles.NEVER or kind.at_once == 1
    assert 1 <= kind.at_once <= 50


def _imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module, alias.name) for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HERE)))
def test_no_adapter_knows_patients_deliveries_or_the_database(path):
    """Of our own models only the names of the media."""
    own = ("accounts", "patients", "directory", "scheduling", "messaging.services", "messaging.models", "django.db")
    wrong = [
        (module, name)
        for module, name in _imported(path)
        if module.startswith(own) and (module, name) != ("messaging.models", "Medium")
    ]
    assert not wrong


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HERE)))
def test_the_web_is_asked_through_one_module(path):
    if path.name != "http.py":
        asked = {name for name, _what in _imported(path)} & {"urllib3", "urllib.request", "http.client", "httpx"}
        assert not asked
        assert not re.search(r"requests\.(get|post|put|request|Session)\b", path.read_text(encoding="utf-8"))
