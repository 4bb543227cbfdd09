"""Exchange with other installations: their membership, and messages on their way."""
