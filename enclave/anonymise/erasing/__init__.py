"""What is destroyed, and the certificates of it."""
