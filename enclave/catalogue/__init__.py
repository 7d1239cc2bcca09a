"""What data exists: populations, datasets, versions, their public schema, and the life of an upload until it becomes a version."""
