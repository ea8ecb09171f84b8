"""`python -m jisui`."""

from __future__ import annotations

from jisui.cli import main

if __name__ == "__main__":
    main()
