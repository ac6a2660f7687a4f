"""What a web process does with its memory."""

import subprocess
import sys

SCRIPT = """
import gc, weakref
from common import rubbish

class Page:
    def __init__(self):
        self.me, self.cells = self, [[] for _ in range(rubbish.MUCH)]

rubbish.settle()
before = gc.get_stats()
pages = [weakref.ref(Page()) for _ in range(3)]
drawn = gc.get_stats() == before
left = sum(page() is not None for page in pages)
rubbish.sweep()
gone = sum(page() is None for page in pages)
swept = gc.get_stats()[1]["collections"]
rubbish.sweep()
print(gc.get_freeze_count() > 1000, drawn, left, gone, gc.get_stats()[1]["collections"] == swept)
"""


def test_pages_are_drawn_without_a_search_for_rubbish_and_swept_away_afterwards_when_there_is_much():
    ran = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["True", "True", "3", "3", "True"]


def test_each_fiftieth_look_goes_through_everything():
    script = """
import gc
from common import rubbish
rubbish.settle()
full = gc.get_stats()[2]["collections"]
kept = []
for _ in range(rubbish.FULL):
    kept.append([[] for _ in range(rubbish.MUCH + 100)])
    rubbish.sweep()
print(gc.get_stats()[2]["collections"] - full)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["1"]
