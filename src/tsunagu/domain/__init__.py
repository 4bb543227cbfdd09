"""Floor 1, the words: frozen values, enums and errors that every other floor speaks. Standard library only."""
