"""The one door out: submit, check in the jail, two blind votes, release the exact bytes that were reviewed. No check reads protected data."""
