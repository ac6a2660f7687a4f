"""Between new code and a running program."""

import os

import polib
import pytest

from crm import statics, translations


@pytest.fixture
def folders(settings, tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "crm.css").write_text("body {}")
    settings.STATICFILES_DIRS = [tmp_path / "own"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = str(tmp_path / "collected")
    return tmp_path


def test_static_files_are_collected_once_and_again_when_one_changes(folders):
    assert statics.collect()
    assert (folders / "collected" / "crm.css").exists()
    assert not statics.collect()
    (folders / "own" / "crm.css").write_text("body { margin: 0 }")
    assert statics.collect()


def test_a_catalogue_is_compiled_when_it_is_newer_than_what_was_compiled(settings, tmp_path):
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    catalogue.append(polib.POEntry(msgid="booking", msgstr="预约"))
    catalogue.save(str(folder / "django.po"))
    settings.LOCALE_PATHS = [tmp_path]
    assert translations.compile_all() == [folder / "django.mo"]
    assert polib.mofile(str(folder / "django.mo"))[0].msgstr == "预约"
    assert translations.compile_all() == []
    os.utime(folder / "django.po", (2_000_000_000, 2_000_000_000))
    assert translations.compile_all() == [folder / "django.mo"]
