"""What commands say at a terminal is in the terminal's language, whatever the hospital's is."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from common import console
from crm.management.commands import demo, prepare, serve

ENGLISH, CHINESE = "A hospital needs at least one patient.", "至少需要一位患者。"


@pytest.fixture
def terminal(monkeypatch):
    def set_up(**told):
        for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.setenv(name, told.get(name, ""))

    return set_up


@pytest.mark.parametrize(
    ("told", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "zh_TW", "LANG": "en_GB"}, "zh-hans"),
    ],
)
def test_the_terminal_says_which_language(terminal, told, language):
    terminal(**told)
    assert console.language() == language


@pytest.mark.parametrize(("lang", "said"), [("en_GB.UTF-8", ENGLISH), ("zh_CN.UTF-8", CHINESE)])
@pytest.mark.parametrize("hospital", ["en", "zh-hans"])
def test_a_command_speaks_it_and_leaves_the_hospitals_alone(terminal, lang, said, hospital):
    terminal(LANG=lang)
    with translation.override(hospital):
        with pytest.raises(CommandError, match=said):
            call_command("demo", patients=0)
        assert translation.get_language() == hospital


@pytest.mark.parametrize("command", [demo, prepare, serve])
def test_whoever_starts_the_program_is_spoken_to_so(command):
    assert issubclass(command.Command, console.ConsoleCommand)


def test_the_demo_is_made_in_the_hospitals_language(terminal, monkeypatch, settings):
    terminal(LANG="en_GB.UTF-8")
    settings.LANGUAGE_CODE, seen = "zh-hans", []
    monkeypatch.setattr(demo.hospital, "exists", lambda: False)
    monkeypatch.setattr(demo.hospital, "make", lambda *args: seen.append(translation.get_language()))
    monkeypatch.setattr(demo.Command, "_analyse", lambda self: None)
    monkeypatch.setattr(demo.Command, "_report", lambda self: seen.append(translation.get_language()))
    call_command("demo")
    assert seen == ["zh-hans", "en"]
