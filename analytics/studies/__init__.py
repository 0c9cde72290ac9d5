"""What is asked after a comparison: moving windows, correlations, positions, and how a number came about."""
