"""Text to the integers of a public column: one function for each treatment."""
