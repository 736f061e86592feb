"""What a notebook imports: ``grader.check``."""
