// The work bench. Every page works without this file; it only spares the hand some ways.
import { sendOnce } from "./send-once.js";
import { keys } from "./bench/keys.js";
import { lists } from "./bench/lists.js";
import { opinion } from "./bench/opinion.js";
import { returning } from "./bench/returning.js";
import { evidence } from "./bench/evidence.js";
import { verdicts } from "./bench/verdicts.js";
import { toldNow } from "./bench/ahead.js";
import { folding } from "./bench/folding.js";
import { copying } from "./bench/copying.js";
import { printing } from "./bench/printing.js";
import { idle } from "./bench/idle.js";
import { focusErrors } from "./focus-errors.js";

document.documentElement.classList.add("js");
sendOnce();
lists();
verdicts(); // its question comes before the opinion counts as sent
opinion();
returning();
evidence();
folding();
toldNow();
copying();
printing();
keys();
idle();
focusErrors();
