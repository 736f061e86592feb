"""Defines nothing at all."""

OUTCOME = "Unavailable"
