"""What each column holds, what to do with it, and how a file differs from the last one."""
