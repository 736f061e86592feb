"""Softmax as a graph of two nodes: the forward model, its backward passes, and mistakes made with them."""
