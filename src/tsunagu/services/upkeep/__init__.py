"""What an operator and the nights see to: backups, last days, vaults, and measures."""
