"""plan -> run -> judge -> score: one submission against one assignment, the same way for every user of the grader."""
