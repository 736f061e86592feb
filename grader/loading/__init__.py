"""Files in: a rubric to an assignment or every diagnostic, paths to submissions of bytes and text; nothing is run."""
