"""Floor 8, the wiring: settings, the console entry point, the only place that names concrete parts."""
