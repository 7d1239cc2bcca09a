"""What counts exactly: DuckDB, and the slow, obvious reference that it must agree with."""
