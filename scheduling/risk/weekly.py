"""What the worker does every week: learn anew. In a module of its own, because it needs scikit-learn."""

import datetime as dt
import logging

from common import clock
from scheduling.risk.errors import NothingKnown

from . import learning

log = logging.getLogger(__name__)


def run() -> None:
    """A new model of all visits until yesterday. A hospital without outcomes keeps the point score."""
    try:
        learning.train(until=clock.today() - dt.timedelta(days=1))
    except NothingKnown as refusal:
        log.info("no risk model was made: %s", refusal)
