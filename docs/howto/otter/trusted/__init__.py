"""Homework 3: the trusted answer, and mistakes that have a name."""
