"""Mixes of funds: what people type for one, and those that a workspace has named."""
