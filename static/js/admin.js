// What our own parts need inside the admin: times kept fresh, dialogs, keys.
import "./admin-names.js";
import "./clock.js";
import "./dialog.js";
import "./shortcuts.js";
