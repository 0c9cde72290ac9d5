"""The templates: every value is escaped, and to look into one that is missing is an error."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, Template


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("bot.playground.page"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def template(name: str) -> Template:
    """One of the files in templates/, compiled once."""
    return _environment().get_template(name)
