"""What a daily post tells besides its rules, and what is left of it when it is sent."""
