"""What can be seen of a running bot: metrics, health, and log lines that machines can read."""
