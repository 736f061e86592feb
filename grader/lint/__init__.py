"""A rubric and everything that is wrong with it: what reading finds, and what only trying its trusted functions does.

Nothing is rendered here, and no submission is graded.
"""
