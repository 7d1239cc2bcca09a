"""Numbers, dates and sizes as people say them."""
