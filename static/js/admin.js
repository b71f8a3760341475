// What our own parts need inside the admin: times kept fresh, dialogs, keys, the doorbell, lists that fit a phone.
import "./admin-lists.js";
import "./admin-names.js";
import "./clock.js";
import "./dialog.js";
import "./shortcuts.js";
import "./toasts.js";
import "./requests.js";
import "./socket.js";
