"""The checks that run in the jail: pure functions of the submitted bytes, the policy and the receipts. Nothing here reads protected data."""
