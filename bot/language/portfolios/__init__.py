"""Mixes of funds that a workspace has named."""
