"""Trusted folder of the assignments: forward models, answers and named mistakes; numpy only."""
