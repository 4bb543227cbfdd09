"""The door that speaks as Meta's Hasher-Matcher-Actioner does, so that its clients change an address and add a key."""
