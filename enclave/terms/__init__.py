"""The words both sides of the wall share: what a notebook and the server say to each other. Standard library only."""
