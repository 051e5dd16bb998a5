"""One folder a platform, all of the same form: app, render, limits, errors."""
