"""Files seized from shops: tables in whatever encoding they are in, each row with its place and its own bytes."""
