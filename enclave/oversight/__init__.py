"""What looks across rooms: activating an agreement, the owner's page, the public register."""
