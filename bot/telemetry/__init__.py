"""What can be seen from outside: metrics, health and logs."""
