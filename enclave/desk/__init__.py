"""What runs inside the sandbox besides the researcher's own code. Imports nothing of the server."""
