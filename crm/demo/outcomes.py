"""Who keeps an appointment: the shape of real figures, so that the demo's reports and forecasts look like a hospital's.

The figures were counted in the public data set “Medical Appointment No Shows” (Vitória, Brazil, 84,076 visits of April
and May 2016; kaggle.com/datasets/joniarroba/noshowappointments). Only these rates are kept here, none of the rows.
Pure arithmetic, no database.
"""

# Share that did not come, by days between booking and visit: (from days, share).
BY_LEAD = [(31, 0.334), (15, 0.343), (8, 0.314), (4, 0.258), (2, 0.237), (1, 0.223), (0, 0.048)]
# The same by age, among those who booked a day or more ahead (0.288 of them did not come): (from years, share).
BY_AGE = [
    (80, 0.232), (70, 0.207), (60, 0.210), (50, 0.242), (40, 0.302), (30, 0.322), (20, 0.360), (10, 0.352), (0, 0.322),
]  # fmt: skip
# The same by what is known of the person's earlier visits.
BY_HISTORY = {"none": 0.290, "kept": 0.272, "some": 0.364, "missed": 0.388}
AHEAD = 0.288


def chance_of_noshow(*, lead_days: int, age: int | None, visits: int, missed: int) -> float:
    """Probability (0 to 1) that the visit is missed; age and history turn the odds of the lead time."""
    odds = _odds(_from(BY_LEAD, max(lead_days, 0)))
    if age is not None:
        odds *= _odds(_from(BY_AGE, age)) / _odds(AHEAD)
    odds *= _odds(BY_HISTORY[_history(visits, missed)]) / _odds(AHEAD)
    return odds / (1 + odds)


def _history(visits: int, missed: int) -> str:
    if not visits:
        return "none"
    share = missed / visits
    return "kept" if share < 0.25 else "some" if share < 0.75 else "missed"


def _from(table: list[tuple[int, float]], value: int) -> float:
    return next(share for least, share in table if value >= least)


def _odds(share: float) -> float:
    return share / (1 - share)
