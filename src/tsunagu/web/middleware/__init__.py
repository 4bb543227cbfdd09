"""What stands before every page."""
