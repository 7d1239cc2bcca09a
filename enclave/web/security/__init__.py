"""What stands between the network and the pages: one small module per danger."""
