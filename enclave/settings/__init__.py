"""What the installation is told from outside: read once from the environment into a frozen dataclass."""
