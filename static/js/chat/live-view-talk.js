// A conversation that is read along: its log without a box to write in.
import { Talk } from "./desk-talk.js";

export class Watched extends Talk {
  // nobody is told what an observer has read
  seen() {}

  show() {
    super.show();
    this.panel.querySelector(".write").hidden = true;
    this.panel.classList.add("read-along");
  }
}
