// Parents' pages. Every page works without this file.
import { sendOnce } from "./send-once.js";
import { focusErrors } from "./focus-errors.js";
import { tellOffline } from "./offline.js";

sendOnce();
focusErrors();
tellOffline();
