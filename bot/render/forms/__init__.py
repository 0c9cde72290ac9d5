"""Forms for the three commands, as Slack's modals; pure, from what is to stand in them first.

fields.py                       names of the fields, and those that forms share
compare.py, watch.py, digest.py one form each
"""

from bot.render.forms.compare import CompareFields, compare_form
from bot.render.forms.digest import DigestFields, digest_form, digest_value
from bot.render.forms.watch import WatchFields, watch_form

__all__ = [
    "CompareFields",
    "DigestFields",
    "WatchFields",
    "compare_form",
    "digest_form",
    "digest_value",
    "watch_form",
]
