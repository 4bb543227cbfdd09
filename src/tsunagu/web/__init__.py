"""Floor 7: pages for the browser. Translates only; decides nothing."""
