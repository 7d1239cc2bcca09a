"""Pages for people, an API for notebooks, and a door for the hub: thin, over the rooms' use cases."""
