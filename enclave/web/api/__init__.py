"""What the pages' own scripts call; it answers in JSON."""
