"""Many hosts as one, by Ray: the only place that knows it. It is imported by the commands of `cluster` alone."""
