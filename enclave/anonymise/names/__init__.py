"""A small statistical finder of names that no list knows, trained once and shipped."""
