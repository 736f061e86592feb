"""A class: collecting it, grading it on all cores, keeping what is done, and turning it into grades."""
