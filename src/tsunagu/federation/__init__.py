"""Messages between installations: what they say, how they are sealed, in which order they count. Reads no file."""
