"""Gaussian mixtures: the forward model, the gradients of its log-likelihood, and mistakes made with them."""
