"""What holds for all tests: none of them asserts a time, a property's single example neither."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
