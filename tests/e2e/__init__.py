"""Everything in a real browser: the demo as a newcomer starts it, parents on a phone, officials at a desk."""
