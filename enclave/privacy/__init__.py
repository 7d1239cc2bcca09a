"""The heart: bounded aggregates, sensitivity, mechanism, ledgers, and ``release``, the one way a number gets out.

Whoever audits privacy reads this room; its mathematics is ``docs/explanation/privacy.md``.
"""
