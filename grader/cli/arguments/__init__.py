"""The words of each command, a module each, imported when the command is typed, so that `grader --help` is instant."""

from typing import Final

COMMANDS: Final = {
    "grade": "grade one submission or many against a rubric",
    "check": "check your own answer with your course's kit",
    "lint": "find everything that is wrong with a rubric",
    "schema": "print the JSON Schema of rubrics, for editors",
    "new": "begin an assignment: a folder that works, to change",
    "audit": "try a rubric on right and wrong answers before students do",
    "kit": "make what students get of an assignment",
    "bundle": "make an autograder for Gradescope or PrairieLearn",
    "batch": "grade a class",
    "export": "turn the grades of a class into a file for another system",
    "similar": "list hand-ins that are alike, for a person to look at",
    "replay": "run one case of a report again and show everything about it",
    "seed": "make a secret seed, or verify a published one",
    "doctor": "say how well this machine can confine student code",
}
"""In the order in which `grader --help` lists them: the command, and what it does."""
