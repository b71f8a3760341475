// What every page of ours loads. Each module takes care of itself and of what htmx brings in later.
import "./clock.js";
import "./combobox.js";
import "./dialog.js";
import "./shortcuts.js";
import "./toasts.js";
import "./keep.js";
import "./requests.js";
import "./socket.js";
