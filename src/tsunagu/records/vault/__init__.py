"""The vault: contents that an agency keeps, encrypted before they are written."""
