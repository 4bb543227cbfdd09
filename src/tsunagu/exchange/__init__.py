"""Floor 4, pure: other people's formats to domain values and back."""
