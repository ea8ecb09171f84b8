// Parents' pages. Every page works without this file.
import { helpFamilies } from "./families.js";
import { sendOnce } from "./send-once.js";
import { focusErrors } from "./focus-errors.js";
import { tellOffline } from "./offline.js";
import { showPassword } from "./show-password.js";

helpFamilies();
sendOnce();
focusErrors();
showPassword();
tellOffline();
