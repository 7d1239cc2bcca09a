"""What a page shows, apart from how it is fetched: plain dataclasses made from the rooms' objects."""
