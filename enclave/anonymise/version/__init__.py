"""How the rows of a version lie at rest: sorted, ranked, and searched for what must not be in them."""
