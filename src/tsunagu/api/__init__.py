"""Floor 7: the HTTP interface for programs. Translates only; decides nothing."""
