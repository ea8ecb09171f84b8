"""Assembly: settings, wiring, command line, worker, demo province."""
