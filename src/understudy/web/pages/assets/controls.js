// The means to change a sandbox: its clock, snapshots and faults; and the sandboxes that there are.
import { Clock } from "./clock.js";
import { Faults } from "./faults.js";
import { later } from "./later.js";
import { Sandboxes } from "./sandboxes.js";
import { Snapshots } from "./snapshots.js";

export class Controls {
  constructor() {
    this.cards = [
      new Clock(document.getElementById("clock")),
      new Snapshots(document.getElementById("snapshots")),
      new Faults(document.getElementById("faults")),
      new Sandboxes(document.getElementById("sandboxes")),
    ];
    this.refresh = later(400, () => Promise.all(this.cards.map((card) => card.refresh?.())));
  }

  async show() {
    await Promise.all(this.cards.map((card) => card.show()));
  }

  /** Traffic came in: faults strike and clocks may matter. */
  happened(many) {
    if (many) this.refresh();
  }
}
