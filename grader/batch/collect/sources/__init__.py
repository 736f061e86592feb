"""One file for each kind of download: names and times in, who handed in what out. Nothing here knows of a roster."""
