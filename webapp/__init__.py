"""The web: pages for parents and officials, and the HTTP interface."""
