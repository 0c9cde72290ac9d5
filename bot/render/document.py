"""A file for people to keep: what an export is made of, and what is shared in a thread."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Document:
    """One file.

    name: with its ending, "ISCB-SPSM_2025-01-16_2026-01-16_table.csv"
    title: what Slack shows above it
    """

    name: str
    title: str
    content: bytes
