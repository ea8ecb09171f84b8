"""The texts of the interface in other languages. The Chinese text is the key."""
