"""Mixes of funds as people type them, folded to symbols before anything else is read."""
