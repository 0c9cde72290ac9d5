"""What a difference between funds is worth: whether chance explains it, and what moves it."""
