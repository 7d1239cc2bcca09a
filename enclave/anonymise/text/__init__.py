"""Free text: find what points at a person, and put a word for it in its place."""
