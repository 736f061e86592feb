"""A network of two layers by hand: forward model of each step and of the whole, trusted gradients, misconceptions."""
