"""Archives that a course system runs: a rubric, its trusted folder, the grader, and how to start it."""
