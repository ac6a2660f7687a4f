"""What a web process does with its memory when all is loaded."""

import subprocess
import sys

SCRIPT = """
import gc
from common import rubbish
rubbish.settle()
pages = [[] for _ in range(rubbish.EVERY // 2)]
print(gc.get_freeze_count() > 1000, gc.get_stats()[2]["collections"] == 1, gc.get_count()[0] > 20_000)
"""


def test_what_is_loaded_is_rubbish_never_and_a_page_is_drawn_without_a_search_for_it():
    ran = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["True", "True", "True"]
