"""The engine: diagrams run as cases. Knows no web, no student, no school."""
