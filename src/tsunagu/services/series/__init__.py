"""Series: formed, described, graded, published, and shown to guests."""
