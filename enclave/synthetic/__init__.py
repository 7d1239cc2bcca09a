"""Synthetic copies: rows of nobody, drawn from noised counts that were paid for once."""
