"""When somebody who was not reached is tried again. Arithmetic, by the hospital's clock."""

import datetime as dt

from common import clock

MAX_TRIES = 3
SOON = dt.timedelta(hours=2)
MORNING = dt.time(9)
EVENING = dt.time(20)  # nobody is called later


def next_try(tries: int, at: dt.datetime) -> dt.datetime | None:
    """After the first try in two hours, after the second the next morning at nine, after the third never (None).

    Two hours that end in the evening or at night mean the next morning too. tries: made so far, this one included.
    """
    if tries >= MAX_TRIES:
        return None
    soon = at + SOON
    if tries == 1 and clock.local(soon).date() == clock.local(at).date() and _is_day(soon):
        return soon
    return _next_morning(at)


def _is_day(at: dt.datetime) -> bool:
    return MORNING <= clock.local(at).time() < EVENING


def _next_morning(at: dt.datetime) -> dt.datetime:
    wall = clock.local(at)
    day = wall.date() if wall.time() < MORNING else wall.date() + dt.timedelta(days=1)
    return clock.at_wall(day, MORNING)
