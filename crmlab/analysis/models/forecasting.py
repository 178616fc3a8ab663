"""Forecasts of a series of demand, one step ahead and further, and how wrong they were.

Each method gives, for every period of the series, what it would have forecast at the end of the period
before; and from the end of the series the periods ahead.

References
----------
Chopra, S., & Meindl, P. (2016). Supply chain management: Strategy, planning, and operation (6th ed.),
ch. 7. Pearson.

Winters, P. R. (1960). Forecasting sales by exponentially weighted moving averages. Management Science,
6(3), 324-342.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]
Seasonal = Literal["multiplicative", "additive"]

#: Winters' method takes its start from so many whole seasons.
SEASONS = 2
#: What a smoothing constant may be, and where the search for it begins.
_RANGE = (0.0, 1.0)
_BEGIN = {"alpha": 0.3, "beta": 0.1, "gamma": 0.1}


@dataclass(frozen=True)
class State:
    """What a smoothing method knows at the end of a period.

    Attributes
    ----------
    level : float
    trend : float
        What the level gains in a period.
    seasons : tuple of float
        The factor (or the amount) of each of the next periods, until they repeat.
    """

    level: float
    trend: float = 0.0
    seasons: tuple[float, ...] = ()


@dataclass(frozen=True)
class Constants:
    """How much of each new observation a smoothing method takes over, from 0 to 1.

    Attributes
    ----------
    alpha, beta, gamma : float
        Into the level, the trend and the seasons.
    """

    alpha: float
    beta: float = 0.0
    gamma: float = 0.0


@dataclass(frozen=True)
class Forecast:
    """What a method says about a series.

    Attributes
    ----------
    fitted : ndarray
        For each period, the forecast made at the end of the period before; missing at the beginning.
    ahead : ndarray
        For the periods after the series.
    constants : Constants or None
        The smoothing constants.
    state : State or None
        Level, trend and seasons at the end of the series.
    """

    fitted: Numbers
    ahead: Numbers
    constants: Constants | None = None
    state: State | None = None


def moving_average(values: ArrayLike, window: int = 3, *, horizon: int = 1) -> Forecast:
    """Forecast by the mean of the last ``window`` periods.

    Examples
    --------
    Chopra and Meindl's example 7-1:

    >>> moving_average([120, 127, 114, 122], 4).ahead.tolist()
    [120.75]
    """
    series = np.asarray(values, dtype=float)
    fitted = np.full(len(series), np.nan)
    if len(series) < window:
        return Forecast(fitted, np.full(horizon, np.nan))
    means = np.lib.stride_tricks.sliding_window_view(series, window).mean(axis=1)
    fitted[window:] = means[:-1]
    return Forecast(fitted, np.full(horizon, means[-1]))


def simple(
    values: ArrayLike, alpha: float | None = None, *, level: float | None = None, horizon: int = 1
) -> Forecast:
    """Forecast by simple exponential smoothing: the level alone.

    Parameters
    ----------
    values : array_like
    alpha : float, optional
        The one with the least squared errors one step ahead unless given.
    level : float, optional
        Before the first period; unless given, the first value is the level after it.
    horizon : int

    Examples
    --------
    Chopra and Meindl's example 7-2:

    >>> simple([120], 0.1, level=120.75).ahead.round(3).tolist()
    [120.675]
    """
    series = np.asarray(values, dtype=float)
    given = {} if alpha is None else {"alpha": alpha}
    start, first = (State(float(series[0])), 1) if level is None else (State(level), 0)
    return _best(series, first, start, ("alpha",), given, "additive", horizon)


def holt(
    values: ArrayLike,
    alpha: float | None = None,
    beta: float | None = None,
    *,
    start: State | None = None,
    horizon: int = 1,
) -> Forecast:
    """Forecast by Holt's method: level and trend.

    Parameters
    ----------
    values : array_like
    alpha, beta : float, optional
        Those with the least squared errors one step ahead unless given.
    start : State, optional
        Before the first period; unless given, the second value is the level after the second period,
        and what it is above the first is the trend.
    horizon : int

    Examples
    --------
    Chopra and Meindl's example 7-3:

    >>> start = State(level=7367, trend=673)
    >>> holt([8415], 0.1, 0.2, start=start).ahead.round().tolist()
    [8758.0]
    """
    series = np.asarray(values, dtype=float)
    given = _given(alpha=alpha, beta=beta)
    first = 0
    if start is None:
        start, first = State(float(series[1]), float(series[1] - series[0])), 2
    return _best(series, first, start, ("alpha", "beta"), given, "additive", horizon)


def winters(
    values: ArrayLike,
    period: int = 12,
    alpha: float | None = None,
    beta: float | None = None,
    gamma: float | None = None,
    *,
    seasonal: Seasonal = "multiplicative",
    start: State | None = None,
    horizon: int = 1,
) -> Forecast:
    """Forecast by Winters' method: level, trend and seasons.

    Parameters
    ----------
    values : array_like
        At least two whole seasons.
    period : int
        Periods in a season: 12 months.
    alpha, beta, gamma : float, optional
        Those with the least squared errors one step ahead unless given.
    seasonal : str
        "multiplicative" (factors) or "additive" (amounts).
    start : State, optional
        Before the first period. Unless given, the first two seasons are decomposed, and smoothing
        begins with the second of them.
    horizon : int

    Notes
    -----
    Start, search and results are those of R's ``HoltWinters``.

    Examples
    --------
    >>> start = State(level=18439, trend=524, seasons=(0.47, 0.68, 1.17, 1.67))
    >>> winters([8000], 4, 0.05, 0.1, 0.1, start=start).ahead.round().tolist()
    [13179.0]
    """
    series = np.asarray(values, dtype=float)
    given = _given(alpha=alpha, beta=beta, gamma=gamma)
    first = 0
    if start is None:
        start, first = decomposed(series[: SEASONS * period], period, seasonal), period
    return _best(series, first, start, ("alpha", "beta", "gamma"), given, seasonal, horizon)


def _given(**constants: float | None) -> dict[str, float]:
    return {name: value for name, value in constants.items() if value is not None}


def decomposed(values: ArrayLike, period: int, seasonal: Seasonal = "multiplicative") -> State:
    """Return level, trend and seasons of a few whole seasons, by moving averages and a straight line.

    The level is where the line stands one period before the first moving average.

    Examples
    --------
    >>> state = decomposed([8, 14, 20, 14] * 2, 4)
    >>> round(state.level), round(state.trend), [round(season, 2) for season in state.seasons]
    (14, 0, [0.57, 1.0, 1.43, 1.0])
    """
    series = np.asarray(values, dtype=float)
    smooth = centred(series, period)
    known = np.isfinite(smooth)
    slope, level = np.polyfit(np.arange(1, known.sum() + 1), smooth[known], 1)
    multiplied = seasonal == "multiplicative"
    effect = series / smooth if multiplied else series - smooth
    figure = np.nanmean(effect.reshape(-1, period), axis=0)
    figure = figure / figure.mean() if multiplied else figure - figure.mean()
    return State(float(level), float(slope), tuple(figure.tolist()))


def centred(values: ArrayLike, period: int) -> Numbers:
    """Return the mean of one season around each period, missing at both ends.

    Of an even number of periods, the first and the last count half.

    Examples
    --------
    >>> centred([8000, 13000, 23000, 34000, 10000, 18000], 4).tolist()
    [nan, nan, 19750.0, 20625.0, nan, nan]
    """
    series = np.asarray(values, dtype=float)
    weights = np.ones(period) if period % 2 else np.r_[0.5, np.ones(period - 1), 0.5]
    half = len(weights) // 2
    smooth = np.full(len(series), np.nan)
    smooth[half : len(series) - half] = np.convolve(series, weights / period, "valid")
    return smooth


def _best(
    series: Numbers,
    first: int,
    start: State,
    names: Sequence[str],
    given: dict[str, float],
    seasonal: Seasonal,
    horizon: int,
) -> Forecast:
    """Smooth ``series`` from place ``first`` on, with the best constants where none are given."""
    free = [name for name in names if name not in given]

    def smoothed(tried: Sequence[float]) -> tuple[Numbers, State]:
        found = given | dict(zip(free, tried, strict=True))
        return _smoothed(series[first:], start, Constants(**found), seasonal)

    chosen = _least(lambda tried: smoothed(tried)[0] - series[first:], free)
    forecasts, state = smoothed(chosen)
    fitted = np.r_[np.full(first, np.nan), forecasts]
    constants = Constants(**(given | dict(zip(free, chosen, strict=True))))
    return Forecast(fitted, _ahead(state, seasonal, horizon), constants, state)


def _least(errors: Callable[[Sequence[float]], Numbers], free: Sequence[str]) -> list[float]:
    """Return the constants with the least sum of squared errors."""
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits

    begin = [_BEGIN[name] for name in free]
    # A series without errors has nothing to choose between.
    scale = float(np.sum(errors(begin) ** 2))
    if not free or not scale:
        return begin
    # For three constants, several threads cost ten times what they share.
    with threadpool_limits(1):
        found = minimize(
            lambda tried: float(np.sum(errors(tried) ** 2)) / scale,
            begin,
            method="L-BFGS-B",
            bounds=[_RANGE] * len(free),
            options={"ftol": 1e-12, "gtol": 1e-8},
        )
    return [float(value) for value in found.x]


def _smoothed(
    series: Numbers, start: State, constants: Constants, seasonal: Seasonal
) -> tuple[Numbers, State]:
    """Return what was forecast for each period of ``series``, and the state after it."""
    alpha, beta, gamma = constants.alpha, constants.beta, constants.gamma
    level, trend, seasons = start.level, start.trend, list(start.seasons)
    multiplied = seasonal == "multiplicative" and bool(seasons)
    fitted = []
    for place, value in enumerate(series.tolist()):
        now = place % len(seasons) if seasons else 0
        season = seasons[now] if seasons else 0.0
        before = level + trend
        fitted.append(before * season if multiplied else before + season)
        level_now = value / season if multiplied else value - season
        level_next = alpha * level_now + (1 - alpha) * before
        trend = beta * (level_next - level) + (1 - beta) * trend
        level = level_next
        if seasons:
            effect = value / level if multiplied else value - level
            seasons[now] = gamma * effect + (1 - gamma) * season
    turn = len(series) % len(seasons) if seasons else 0
    return np.array(fitted), State(level, trend, tuple(seasons[turn:] + seasons[:turn]))


def _ahead(state: State, seasonal: Seasonal, horizon: int) -> Numbers:
    line: Numbers = state.level + state.trend * np.arange(1, horizon + 1, dtype=np.float64)
    if not state.seasons:
        return line
    season = np.resize(state.seasons, horizon)
    return line * season if seasonal == "multiplicative" else line + season


@dataclass(frozen=True)
class Static:
    """A straight line through the demand without its seasons, times the factor of the season.

    Attributes
    ----------
    level : float
        At period 0, before the first.
    trend : float
    factors : tuple of float
        One for each period of a season.
    """

    level: float
    trend: float
    factors: tuple[float, ...]

    def at(self, periods: ArrayLike) -> Numbers:
        """Return the forecast of these periods, counted from 1.

        Examples
        --------
        >>> Static(100, 10, (0.5, 1.5)).at([1, 2, 3]).tolist()
        [55.0, 180.0, 65.0]
        """
        number = np.asarray(periods, dtype=int)
        factors = np.array(self.factors)[(number - 1) % len(self.factors)]
        return np.asarray((self.level + self.trend * number) * factors, dtype=np.float64)


def static(values: ArrayLike, period: int) -> Static:
    """Return level, trend and seasonal factors of a series, estimated once for all of it.

    The line is that of the centred moving averages; a factor is the mean of demand / line over the
    seasons.

    References
    ----------
    Chopra and Meindl, section 7.5 (Tahoe Salt).

    Examples
    --------
    >>> tahoe = [8000, 13000, 23000, 34000, 10000, 18000, 23000, 38000, 12000, 13000, 32000, 41000]
    >>> found = static(tahoe, 4)
    >>> round(found.level), round(found.trend), found.at([13, 14, 15, 16]).round().tolist()
    (18439, 524, [11909.0, 17613.0, 30785.0, 44640.0])
    """
    series = np.asarray(values, dtype=float)
    number = np.arange(1, len(series) + 1)
    smooth = centred(series, period)
    known = np.isfinite(smooth)
    trend, level = np.polyfit(number[known], smooth[known], 1)
    factors = series / (level + trend * number)
    means = [float(factors[place::period].mean()) for place in range(period)]
    return Static(float(level), float(trend), tuple(means))


@dataclass(frozen=True)
class Errors:
    """How wrong forecasts were; an error is the forecast less the demand.

    Attributes
    ----------
    count : int
        Periods with a forecast.
    bias : float
        Sum of the errors: above zero when too much was forecast.
    mad : float
        Mean absolute deviation.
    mse : float
        Mean squared error.
    mape : float
        Mean absolute error as a share of the demand; missing if there was a period without demand.
    tracking_signal : float
        Bias / MAD. Beyond 6, up or down, the method forecasts too much or too little all the time.
    """

    count: int
    bias: float
    mad: float
    mse: float
    mape: float
    tracking_signal: float


def errors(demand: ArrayLike, forecast: ArrayLike) -> Errors:
    """Return how wrong ``forecast`` was, where there is one.

    Examples
    --------
    >>> found = errors([10, 20, 10], [float("nan"), 16, 12])
    >>> found.count, found.bias, found.mad, found.mse, found.mape
    (2, -2.0, 3.0, 10.0, 0.2)
    """
    actual, said = np.asarray(demand, dtype=float), np.asarray(forecast, dtype=float)
    known = np.isfinite(said)
    actual, wrong = actual[known], (said - actual)[known]
    if not len(wrong):
        return Errors(0, np.nan, np.nan, np.nan, np.nan, np.nan)
    size = np.abs(wrong)
    bias, mad = float(wrong.sum()), float(size.mean())
    mape = float((size / actual).mean()) if (actual > 0).all() else np.nan
    return Errors(len(wrong), bias, mad, float((wrong**2).mean()), mape, bias / mad if mad else np.nan)
