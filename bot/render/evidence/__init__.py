"""Sections of evidence: whether a gap is real, and what moves funds."""
