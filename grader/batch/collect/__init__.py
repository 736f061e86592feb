"""A class as it was downloaded: who handed in what, and when; and each hand-in's files when they are asked for."""

from grader.batch.collect.codes import CollectCode
from grader.batch.collect.collected import Collected, collect
from grader.batch.collect.detect import SourceName

__all__ = ["CollectCode", "Collected", "SourceName", "collect"]
