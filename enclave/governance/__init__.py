"""Agreements, projects and roles: who may do what, and under which clause."""
