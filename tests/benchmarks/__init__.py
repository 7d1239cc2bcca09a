"""Benchmarks: each prints what it measured, against the floor and, where there is one, the named peer, in one run. ``make bench``."""
