"""Problem set 2: the trusted answer, and mistakes that have a name."""
