"""Questions in plain English: what votes for what, what else is said, and what they surely ask."""
