"""Frozen values that every other room speaks of; no files, clocks, processes or printing here."""
