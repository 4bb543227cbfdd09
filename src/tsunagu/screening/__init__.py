"""Floor 4, pure: a listing, rules and hits to a decision that names the rules that fired."""
