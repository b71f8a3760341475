// A visitor's complaint after the end. It comes before somebody who guides the volunteers.
import { sends, typed } from "./visitor-forms.js";

const form = document.getElementById("complaint");
const card = document.getElementById("complaint-card");

/** Lets it be written, where the line takes complaints. post(body) sends it; told() is called when it has arrived. */
export function complains(post, told) {
  if (!form) return;
  sends(form, document.getElementById("complaint-trouble"), async () => {
    await post({ reason: "", ...typed(form) });
    card.hidden = true;
    document.getElementById("complained").hidden = false;
    told();
  });
}

/** Shows the way to it, or hides it. */
export function mayComplain(may) {
  if (card) card.hidden = !may;
}
