"""The version is the newest heading of CHANGELOG.md, so that the two cannot differ."""

import re
from pathlib import Path


def read(changelog: Path) -> str:
    """The first `## x.y.z` of the file. Raises ValueError when there is none."""
    found = re.search(r"^## (\d+\.\d+\.\d+)", changelog.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise ValueError(f"{changelog} has no heading such as '## 1.2.3'")
    return found[1]
