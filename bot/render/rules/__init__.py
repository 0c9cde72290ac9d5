"""What is said of rules: cards, digests, lists, charts."""
