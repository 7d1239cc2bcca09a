"""One cell: how dates, numbers and identifiers are written, and what became of it."""
