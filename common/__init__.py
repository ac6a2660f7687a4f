"""Floor 0. pypinyin's dictionary of phrases is left out before anybody imports it: 44 MB in every process, for words
that are no names. The given names that it would read better stand in `common.surnames.GIVEN`."""

import os

os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
