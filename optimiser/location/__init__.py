"""The textbook location problems, one file each, solved to proof at any size."""
