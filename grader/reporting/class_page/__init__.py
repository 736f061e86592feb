"""A class as one HTML file that needs nothing else: for the lecturer, offline, on a phone, in the dark, on paper."""

from grader.reporting.class_page.costs import Cost
from grader.reporting.class_page.page import class_page
from grader.reporting.class_page.tally import ClassTally, Tally

__all__ = ["ClassTally", "Cost", "Tally", "class_page"]
