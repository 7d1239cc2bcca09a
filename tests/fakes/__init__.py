"""Hand-written stand-ins for what lies outside a room. They keep the promises of the ports, so a test may rely on them."""
