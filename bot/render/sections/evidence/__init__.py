"""Sections that say what moves funds: rates, kinds of months, styles."""
