"""Banks of known media: filled by hand and from lists, judged, and searched by everybody who asks."""
