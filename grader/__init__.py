"""Grades numerical homework: the right verdict, the reason, and student code kept apart.

Nothing heavy is imported here, so that ``grader --help`` stays instant.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
