"""Scaled dot-product attention with a mask: forward model, trusted backward passes, misconceptions."""
