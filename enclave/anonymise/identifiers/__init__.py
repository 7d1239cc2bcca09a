"""The exact forms of identifiers: check digits, ways to reach somebody, numbers of British registers."""
