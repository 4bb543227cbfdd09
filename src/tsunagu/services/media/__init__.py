"""Contents of files: examined, opened again where they lie or from the vault, and shown."""
