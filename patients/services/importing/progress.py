"""A bar with a count for whoever waits at a terminal."""

import time
from typing import TextIO

from patients.services.importing.loop import Counts

_WIDTH = 30


class Bar:
    """Called with counts after each batch; always says go on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._started = time.monotonic()

    def __call__(self, counts: Counts) -> bool:
        total = max(counts.total, counts.done, 1)
        filled = "█" * (_WIDTH * counts.done // total)
        rate = counts.done / max(time.monotonic() - self._started, 0.001)
        self._stream.write(f"\r{filled:░<{_WIDTH}} {counts.done:,} / {total:,}  {rate:,.0f}/s ")
        self._stream.flush()
        return True

    def close(self) -> None:
        """End the line."""
        self._stream.write("\n")
