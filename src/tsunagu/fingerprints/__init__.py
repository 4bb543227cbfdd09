"""Floor 3: pictures and sound to fingerprints, one algorithm a file, each at a fixed version."""
