"""What services know of the members of the hub: their agencies, whose keys count, and what is sealed for them."""
