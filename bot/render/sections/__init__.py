"""A section of an answer: one file a follow-up, the comparison is the first."""
