"""What is asked: one module per process, and the fields they share."""
