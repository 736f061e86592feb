"""Logistic regression with cross-entropy: forward model, trusted answers, misconceptions."""
