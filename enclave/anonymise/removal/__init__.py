"""Lists of people who opted out or consented, and versions made again without them."""
