"""Seals and signatures: who signs, with which key, stamped when."""
