"""The words of each command; light, so that `grader --help` stays instant."""
