"""The register as officials read it: students of their office, one student with the whole story."""
