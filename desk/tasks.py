"""What the worker does for the desk."""

from desk.paper import folder


def write_paper_lists() -> int:
    """Day lists for an outage; returns how many files were written."""
    return len(folder.write())
