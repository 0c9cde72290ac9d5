"""What followed decisions and firings: looked up later, counted, told in the threads of incidents."""
