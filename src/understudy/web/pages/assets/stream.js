// The exchanges of a sandbox as they happen, and those that the journal had before.
import { control, sandbox } from "./api.js";
import { told } from "./later.js";

const BEFORE = 500;

/** Follow the sandbox: `arrived(entries)` gets exchanges, oldest first, some perhaps twice; `said(state, words)` how it stands. */
export function follow({ arrived, said }) {
  const source = new EventSource(`/~${sandbox}/__admin/events`);
  let first = true;
  source.addEventListener("open", () => {
    said("live", "live");
    if (first) told(load());
    first = false;
  });
  source.addEventListener("exchange", (event) => arrived([JSON.parse(event.data)], false));
  source.addEventListener("gap", () => told(load()));
  source.addEventListener("error", async () => {
    if (source.readyState === EventSource.CLOSED) {
      said("ended", "the server refused; load the page again");
      return;
    }
    said("waiting", "reconnecting");
    // The next connection would make a sandbox anew that somebody dropped.
    try {
      await control(`/sandboxes/${sandbox}`, { within: "default" });
    } catch (error) {
      if (error.status !== 404) return;
      source.close();
      said("ended", "the sandbox was dropped; load the page again to begin a new one");
    }
  });

  async function load() {
    const { items, note } = await control(`/requests?limit=${BEFORE}`);
    arrived(items.reverse(), true);
    if (note) said("live", note);
  }
}
