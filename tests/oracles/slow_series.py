"""Slow twins of what gives more than one number: falls, trailing returns, years."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from tests.oracles.slow import DAYS_A_YEAR, Maybe, ends_month, months_back

MONTHS = {"1m": 1, "3m": 3, "6m": 6, "ytd": 0, "1y": 12, "3y": 36, "5y": 60, "10y": 120, "max": 0}


@dataclass(frozen=True)
class Fall:
    depth: float
    peak: date
    trough: date
    recovery: date | None


@dataclass(frozen=True)
class Stretch:
    """Returns from one close to another; None for a symbol without both."""

    label: str
    start: date
    end: date
    annualised: bool
    partial: bool
    returns: list[Maybe]


def drawdowns(levels: list[Maybe], days: list[date], most: int) -> list[Fall]:
    """Walk along the path: remember the high; a fall ends when the high is reached again."""
    known = [(level, day) for level, day in zip(levels, days, strict=True) if level is not None]
    falls: list[Fall] = []
    high, peak = 0.0, date.min
    low: tuple[float, date] | None = None
    for level, day in known:
        if level >= high:
            falls += [Fall(low[0] / high - 1.0, peak, low[1], day)] if low else []
            high, peak, low = level, day, None
        elif low is None or level < low[0]:
            low = (level, day)
    falls += [Fall(low[0] / high - 1.0, peak, low[1], None)] if low else []
    return sorted(falls, key=lambda fall: (fall.depth, fall.peak))[:most]


@dataclass(frozen=True)
class Episode:
    start: date
    end: date
    falls: list[Fall | None]


Path = list[tuple[float, date]]


def episodes(rows: list[list[Maybe]], days: list[date], most: int) -> list[Episode]:
    """The definition word by word: every fall by trying all pairs of sessions, grouped by mutual choice."""
    paths = [[(v, d) for v, d in zip(row, days, strict=True) if v is not None] for row in rows]
    depths = [fall[0] for path in paths if (fall := deepest_fall(path))]
    if not depths:
        return []
    floor = min(0.05, -min(depths) / 2)
    own = [sorted(falls_in(path, floor), key=lambda fall: fall[1]) for path in paths]
    groups: list[set[tuple[int, int]]] = [
        {(fund, n)} for fund, falls in enumerate(own) for n in range(len(falls))
    ]
    for one, other in [((a, i), (b, j)) for (a, i) in flat(own) for (b, j) in flat(own) if a < b]:
        if choice(own, one, other[0]) == other[1] and choice(own, other, one[0]) == one[1]:
            first = next(group for group in groups if one in group)
            second = next(group for group in groups if other in group)
            if first is not second:
                groups.remove(second)
                first |= second
    found = []
    for group in groups:
        start = min(own[fund][n][1] for fund, n in group)
        end = max(own[fund][n][2] for fund, n in group)
        found.append(Episode(start, end, [told(path, start, end) for path in paths]))
    return sorted(found, key=lambda each: (min(f.depth for f in each.falls if f), each.start))[:most]


def flat(own: list[list[tuple[float, date, date]]]) -> list[tuple[int, int]]:
    return [(fund, n) for fund, falls in enumerate(own) for n in range(len(falls))]


def choice(own: list[list[tuple[float, date, date]]], one: tuple[int, int], fund: int) -> int | None:
    _, start, end = own[one[0]][one[1]]
    best, most = None, -(10**9)
    for n, (_, first, last) in enumerate(own[fund]):
        if (shared := (min(end, last) - max(start, first)).days) > most:
            best, most = n, shared
    if best is None:
        return None
    longer = max((end - start).days, (own[fund][best][2] - own[fund][best][1]).days)
    return best if 4 * most >= longer else None


def deepest_fall(path: Path) -> tuple[float, date, date] | None:
    """The earliest of the deepest; from the last session at the high before it."""
    best: tuple[float, int, int] | None = None
    for low in range(len(path)):
        high = max(level for level, _ in path[: low + 1])
        depth = path[low][0] / high - 1.0
        if depth < 0 and (best is None or depth < best[0]):
            best = depth, max(n for n in range(low + 1) if path[n][0] == high), low
    return (best[0], path[best[1]][1], path[best[2]][1]) if best else None


def falls_in(path: Path, floor: float) -> list[tuple[float, date, date]]:
    fall = deepest_fall(path)
    if fall is None or -fall[0] < floor:
        return []
    _, peak, trough = fall
    before = falls_in([(v, d) for v, d in path if d <= peak], floor)
    after = falls_in([(v, d) for v, d in path if d >= trough], floor)
    return [*before, *parted([(v, d) for v, d in path if peak <= d <= trough], floor), *after]


def parted(path: Path, floor: float) -> list[tuple[float, date, date]]:
    """A fall from its first session to its last, parted at the first pause that regained enough of enough."""
    top, end = path[0][0], path[-1][0]
    for n in range(len(path)):
        low = min(level for level, _ in path[: n + 1])
        lost, back = top - low, path[n][0] - low
        if lost >= max((top - end) / 2, floor * top) and back >= 2 / 3 * lost:
            at = next(m for m in range(n + 1) if path[m][0] == low)
            high = max(level for level, _ in path[at:])
            top_at = max(m for m in range(at, len(path)) if path[m][0] == high)
            if 1.0 - end / high < floor:
                break
            inside = falls_in(path[at : top_at + 1], floor)
            return [(low / top - 1.0, path[0][1], path[at][1]), *inside, *parted(path[top_at:], floor)]
    return [(end / top - 1.0, path[0][1], path[-1][1])]


def told(path: Path, start: date, end: date) -> Fall | None:
    fall = deepest_fall([(v, d) for v, d in path if start <= d <= end])
    if fall is None:
        return None
    depth, peak, trough = fall
    high = next(v for v, d in path if d == peak)
    return Fall(depth, peak, trough, next((d for v, d in path if d > trough and v >= high), None))


def trailing_returns(levels: list[list[Maybe]], days: list[date], end: date) -> list[Stretch]:
    found = [_trailing(label, levels, days, end) for label in MONTHS]
    return [stretch for stretch in found if stretch]


def calendar_years(levels: list[list[Maybe]], days: list[date], end: date) -> list[Stretch]:
    usable = _usable(levels, young=True)
    out = []
    for year in range(days[0].year, end.year + 1):
        last = _on_or_before(days, usable, min(end, date(year, 12, 31)))
        base = _on_or_before(days, usable, date(year - 1, 12, 31))
        if base is not None and last is not None and base < last:
            at = max(at for at, day in enumerate(days) if day <= end)
            partial = year == end.year and not (ends_month(days, at) and days[last].month == 12)
            out.append(_stretch(str(year), levels, days, base, last, annual=False, partial=partial))
    return out


def _trailing(label: str, levels: list[list[Maybe]], days: list[date], end: date) -> Stretch | None:
    usable = _usable(levels, young=label != "max")
    last = _on_or_before(days, usable, end)
    if last is None:
        return None
    base = usable.index(True) if label == "max" else _on_or_before(days, usable, _target(label, days, last))
    if base is None or base >= last:
        return None
    long = (days[last] - days[base]).days >= 365 or _years(label, days, base, last) >= 1
    annual = label not in {"1m", "3m", "6m", "ytd", "1y"} and long
    return _stretch(label, levels, days, base, last, annual=annual, partial=False)


def _target(label: str, days: list[date], at: int) -> date:
    if label == "ytd":
        return date(days[at].year - 1, 12, 31)
    return months_back(days[at], MONTHS[label], from_month_end=ends_month(days, at))


def _years(label: str, days: list[date], base: int, last: int) -> float:
    """Whole ones of a named window of years, and from one year's last session to another's."""
    if label.endswith("y"):
        return int(label[:-1])
    whole = days[last].year - days[base].year
    december = all(days[at].month == 12 and ends_month(days, at) for at in (base, last))
    return whole if december else (days[last] - days[base]).days / DAYS_A_YEAR


def _usable(levels: list[list[Maybe]], *, young: bool) -> list[bool]:
    """Sessions on which every symbol has a price; `young`: or has not begun, while at least one has."""
    out = []
    for at in range(len(levels[0])):
        begun = [row for row in levels if any(level is not None for level in row[: at + 1])]
        wanted = begun if young else levels
        out.append(bool(wanted) and all(row[at] is not None for row in wanted))
    return out


def _on_or_before(days: list[date], usable: list[bool], limit: date) -> int | None:
    for at in range(len(days) - 1, -1, -1):
        if days[at] <= limit and usable[at]:
            return at
    return None


def _stretch(
    label: str,
    levels: list[list[Maybe]],
    days: list[date],
    base: int,
    last: int,
    *,
    annual: bool,
    partial: bool,
) -> Stretch:
    years = _years(label, days, base, last) if annual else 1
    returns: list[Maybe] = []
    for row in levels:
        before, after = row[base], row[last]
        ratio = None if before is None or after is None else after / before
        returns.append(None if ratio is None else (math.pow(ratio, 1 / years) if annual else ratio) - 1.0)
    return Stretch(label, days[base], days[last], annual, partial, returns)
