// The exchanges of a sandbox as they happen, and those that the journal had before.
import { control, sandbox } from "./api.js";
import { told } from "./later.js";

const BEFORE = 500;
// Browsers keep six connections to a server, over all tabs: a console that nobody looks at gives its own back.
const UNSEEN = 20_000;

/**
 * Follow the sandbox: `arrived(entries)` gets exchanges, oldest first, some perhaps twice; `said(state, words)` how it stands;
 * `lost()` is called when what was there is no longer known to the server.
 */
export function follow({ arrived, said, lost }) {
  let source = null;
  let resting = null;
  listen();
  document.addEventListener("visibilitychange", () => {
    clearTimeout(resting);
    if (document.hidden) resting = setTimeout(rest, UNSEEN);
    else if (!source) listen();
  });

  function rest() {
    if (!source || source.readyState === EventSource.CLOSED) return;
    source.close();
    source = null;
    said("waiting", "resting while nobody looks");
  }

  function listen() {
    const mine = new EventSource(`/~${sandbox}/__admin/events`);
    let first = true;
    source = mine;
    mine.addEventListener("open", () => {
      said("live", "live");
      if (first) told(load());
      first = false;
    });
    mine.addEventListener("exchange", (event) => arrived([JSON.parse(event.data)], false));
    mine.addEventListener("gap", (event) => {
      // Not even a number: another server, or a sandbox made anew, counted what is kept here.
      if (JSON.parse(event.data).lost === null) lost();
      told(load());
    });
    mine.addEventListener("error", () => broken(mine));
  }

  async function broken(mine) {
    if (mine.readyState === EventSource.CLOSED) {
      said("ended", "the server refused; load the page again");
      return;
    }
    said("waiting", "reconnecting");
    // The next connection would make a sandbox anew that somebody dropped.
    try {
      await control(`/sandboxes/${sandbox}`, { within: "default" });
    } catch (error) {
      if (error.status !== 404) return;
      mine.close();
      said("ended", "the sandbox was dropped; load the page again to begin a new one");
    }
  }

  async function load() {
    const { items, note } = await control(`/requests?limit=${BEFORE}`);
    arrived(items.reverse(), true);
    if (note) said("live", note);
  }
}
