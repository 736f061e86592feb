"""What other systems take: one module a format, each keeping to its rules. Nothing here reads or writes files."""
