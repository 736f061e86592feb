"""The only importer of an assignment's trusted modules; what it knows never leaves this process."""
