"""A class as one HTML file that needs nothing else: for the lecturer, offline, on a phone, in the dark, on paper."""

from grader.reporting.class_page.costs import Cost
from grader.reporting.class_page.page import class_page

__all__ = ["Cost", "class_page"]
