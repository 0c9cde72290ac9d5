"""Fixtures of the contract tests."""

from __future__ import annotations

from tests.contracts.stores import address, postgresql, sqlite_template, store

__all__ = ["address", "postgresql", "sqlite_template", "store"]
