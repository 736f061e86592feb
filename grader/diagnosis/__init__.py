"""From a disagreement to a reason: which named or general mistake reproduces the student's numbers on every case."""
