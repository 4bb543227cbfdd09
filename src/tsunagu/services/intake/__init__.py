"""Files on their way in: scanned elsewhere, uploaded or read from a folder, and kept with their exhibit."""
