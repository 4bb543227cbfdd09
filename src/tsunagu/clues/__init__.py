"""Floor 4, pure: media to clues (metadata, hum, text, speech, objects), and clues to weighed countries."""
