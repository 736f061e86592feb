"""Runs trusted code on proven enclosures of real numbers instead of floats.

Every entry is a ball of a few hundred bits that holds the true value (Arb, through python-flint): what comes out is
what the code computes in exact arithmetic, to some dozens of digits, whatever rounds in floating point.
"""
