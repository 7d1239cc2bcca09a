"""What runs in the jail: the only code that reads hostile bytes."""
