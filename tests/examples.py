"""How many random examples a test tries: all of them in the thorough profile, a part of them in the check."""

from __future__ import annotations

from hypothesis import settings

PART = 10
"""Of so many examples the check tries one; docs/contributing.md has the command that tries all."""


def at_length(examples: int) -> int:
    """Return the examples to try under the profile in force."""
    in_check = settings.default is not None and settings.default.derandomize
    return max(examples // PART, 1) if in_check else examples
