"""The register: students, schools, authorities, and the laws that hold whatever a diagram says."""
