"""Lists and tables that are public because somebody published them: code books, places and the larger places they lie in."""
