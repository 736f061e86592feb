"""Arrays in, numbers out: sampling, truth with its unit, comparison, derivatives. Generators are passed in."""
