"""`python -m webapp.translations`: collect the texts into the English file; with `build`, compile it."""

from __future__ import annotations

import sys

from webapp.translations import catalogue

if sys.argv[1:] == ["build"]:
    catalogue.build()
else:
    untranslated = catalogue.update()
    sys.stdout.write("".join(f"no English yet: {text}\n" for text in untranslated))
    sys.exit(1 if untranslated else 0)
