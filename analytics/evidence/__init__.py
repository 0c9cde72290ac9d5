"""Evidence: whether chance explains a difference between funds, and what moves them."""
