"""Batch normalisation, in training and at inference: forward model, trusted backward passes, misconceptions."""
