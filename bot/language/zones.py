"""Time zones as people name them, by the names of the IANA database."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from bot.language.words import safe_word
from bot.render.text import join_words

_CITIES = {
    "ny": "America/New_York",
    "nyc": "America/New_York",
    "boston": "America/New_York",
    "philadelphia": "America/New_York",
    "washington": "America/New_York",
    "atlanta": "America/New_York",
    "miami": "America/New_York",
    "dallas": "America/Chicago",
    "houston": "America/Chicago",
    "la": "America/Los_Angeles",
    "san francisco": "America/Los_Angeles",
    "seattle": "America/Los_Angeles",
    "frankfurt": "Europe/Berlin",
    "munich": "Europe/Berlin",
    "hamburg": "Europe/Berlin",
    "geneva": "Europe/Zurich",
    "milan": "Europe/Rome",
    "edinburgh": "Europe/London",
    "mumbai": "Asia/Kolkata",
    "beijing": "Asia/Shanghai",
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
    "utc": "UTC",
}
"""Cities of finance that the database does not name, and names that follow daylight saving."""
_ABBREVIATIONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("est", "edt"), ("America/New_York",)),
    **dict.fromkeys(("cst", "cdt"), ("America/Chicago", "Asia/Shanghai")),
    **dict.fromkeys(("mst", "mdt"), ("America/Denver", "America/Phoenix")),
    **dict.fromkeys(("pst", "pdt"), ("America/Los_Angeles",)),
    **dict.fromkeys(("cet", "cest", "met", "mez", "mesz"), ("Europe/Berlin", "Europe/Paris")),
    **dict.fromkeys(("eet", "eest"), ("Europe/Athens", "Europe/Helsinki")),
    **dict.fromkeys(("wet", "west"), ("Europe/Lisbon",)),
    **dict.fromkeys(("gmt", "bst"), ("Europe/London", "UTC")),
    **dict.fromkeys(("aest", "aedt"), ("Australia/Sydney", "Australia/Brisbane")),
    **dict.fromkeys(("nzst", "nzdt"), ("Pacific/Auckland",)),
    "ist": ("Asia/Kolkata", "Europe/Dublin"),
    "jst": ("Asia/Tokyo",),
    "kst": ("Asia/Seoul",),
    "hkt": ("Asia/Hong_Kong",),
    "sgt": ("Asia/Singapore",),
    "hst": ("Pacific/Honolulu",),
    "msk": ("Europe/Moscow",),
}
_REGIONS = {
    "america": "America/New_York",
    "us": "America/New_York",
    "usa": "America/New_York",
    "europe": "Europe/London",
    "asia": "Asia/Tokyo",
    "australia": "Australia/Sydney",
    "pacific": "Pacific/Auckland",
    "africa": "Africa/Johannesburg",
}
_LIKE = 3
_LONGEST = 40


class UnknownZone(ValueError):
    """A text that names no zone, or more than one; the message is the complaint."""


def zone_of(text: str) -> str:
    """Return the IANA name of a zone: by that name in any case, by a city's, by ET, CT, MT, PT or UTC.

    Raises UnknownZone with the nearest names.
    """
    key = _key(text)
    if key in _ABBREVIATIONS:
        names = join_words([f"`{name}`" for name in _ABBREVIATIONS[key]], "or")
        raise UnknownZone(f"`{safe_word(text)}` does not follow daylight saving; write {names}.")
    if re.search(r"[+-]\d|^\d", key) or key.startswith("etc "):
        raise UnknownZone(
            f"`{safe_word(text)}` does not follow daylight saving; write a zone like `Europe/London`."
        )
    if key in _REGIONS:
        raise UnknownZone(f"`{safe_word(text)}` has many zones; add a city, like `{_REGIONS[key]}`.")
    found = _CITIES.get(key) or _names().get(key) or _unique(text, key)
    if found is None:
        raise UnknownZone(f"`{safe_word(text)}` is not a time zone that I know{_nearest(key)}.")
    return found


def _unique(text: str, key: str) -> str | None:
    places = _places().get(key, ())
    if len(places) > 1:
        names = join_words([f"`{name}`" for name in sorted(places)[:6]], "or")
        raise UnknownZone(f"`{safe_word(text)}` can be several zones; write {names}.")
    return places[0] if places else None


def _nearest(key: str) -> str:
    known = {**_names(), **_CITIES, **{place: names[0] for place, names in _places().items()}}
    like = get_close_matches(key[:_LONGEST], known, _LIKE, 0.7)
    names = list(dict.fromkeys(f"`{known[name]}`" for name in like))
    return f"; the nearest: {join_words(names, 'or')}" if names else "; write one like `America/New_York`"


def _key(text: str) -> str:
    return " ".join(re.sub(r"[/_\s]+", " ", text.lower()).split())


@cache
def _names() -> dict[str, str]:
    """Return the names by key.  Those without a slash are left out: most are abbreviations."""
    return {_key(name): name for name in available_timezones() if "/" in name and not name.startswith("Etc/")}


@cache
def _places() -> dict[str, list[str]]:
    """Return names by their last part, the city."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in sorted(_names().values()):
        found[_key(name.rpartition("/")[2])].append(name)
    return dict(found)
