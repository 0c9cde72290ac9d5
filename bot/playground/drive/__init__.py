"""What moves the playground besides a person at the page: scripts, and the passing of time."""
