"""Location problems at size, ours and the peers', by one clock: see README.md."""
