"""Who someone is: credentials, sessions and the tokens of sandboxes. What they may do is the business of governance."""
