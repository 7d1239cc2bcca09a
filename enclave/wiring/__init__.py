"""The composition root: from settings to the ports of each room. The only place that knows both sides."""
