"""A new assignment, small and whole: what `grader new` writes, for its author to change."""
