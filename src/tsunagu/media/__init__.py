"""Floor 2: bytes to pictures, timed frames, sound and metadata. Hostile files are decoded only in a limited child."""
