"""The five art periods, in the one order that labels, probabilities and plots use."""

PERIODS = ("renaissance", "baroque", "classical", "romantic", "modern")

# First year of each period, for data sets sorted by decade (WikiArt-IMSLP). A work made in 1750
# is classical; one made in 1749 is baroque.
FIRST_YEAR = {"renaissance": 1400, "baroque": 1600, "classical": 1750, "romantic": 1820, "modern": 1900}


def period_index(name: str) -> int:
    """Index of a period in PERIODS.

    Raises:
        ValueError: the name is not a period.
    """
    try:
        return PERIODS.index(name.strip().lower())
    except ValueError:
        raise ValueError(f"{name!r} is not a period: use one of {', '.join(PERIODS)}") from None


def period_of_year(year: int) -> str:
    """Period of a work made in a year; years before 1400 count as renaissance."""
    found = PERIODS[0]
    for name in PERIODS:
        if year >= FIRST_YEAR[name]:
            found = name
    return found
