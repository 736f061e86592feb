"""Softmax by rows: the trusted answer, and mistakes that have a name."""
