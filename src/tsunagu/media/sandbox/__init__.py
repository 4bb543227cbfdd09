"""The limited child processes in which hostile files are decoded, and the parent's pool of them."""
