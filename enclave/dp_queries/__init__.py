"""Questions in SQL, answered with differential privacy: parse, plan, preview for nothing, answer once, explain."""
