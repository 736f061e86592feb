"""Every message that a student can see, in one catalogue a language; this room knows the words and nothing else.

A message is asked for by its key; the catalogue of the language that is in force has its text, with named fields.
``en.toml`` is complete and the measure of all others: what another catalogue lacks is said in English.
"""

from grader.words.catalogue import Catalogue, CatalogueError, catalogue_of, languages
from grader.words.say import as_written, at_hand, in_language, language_in_force, say, say_count, words_in_force

__all__ = [
    "Catalogue",
    "CatalogueError",
    "as_written",
    "at_hand",
    "catalogue_of",
    "in_language",
    "language_in_force",
    "languages",
    "say",
    "say_count",
    "words_in_force",
]
