"""Certificates: facts, rendering, sealing, numbering, verification."""
