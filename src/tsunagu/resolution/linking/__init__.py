"""Which rows of one sealed list name one person: proposed with reasons, decided by people, undone at any time."""
