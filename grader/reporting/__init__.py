"""Renderers of a report: each reads a Report and nothing else."""
