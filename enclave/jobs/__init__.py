"""Words and ports of durable work: what runs in the worker, how far it is, and that it is asked for in the same transaction as its cause."""
