"""Cases: opened, claimed, worked on, packed for others, and closed."""
