"""Where the rooms' ports meet the world: SQL, blobs, encrypted Parquet, keys, clock, jobs. Only wiring imports from here."""
