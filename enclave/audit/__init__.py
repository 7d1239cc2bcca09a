"""Events, the unit of work, the hash chain, checkpoints and receipts: everyone can see why."""
