"""Floor 7: the commands of the tsunagu program. Translates only; decides nothing."""
