// What is done once things have calmed down, and says so where it could not be done.
import { say } from "./dom.js";

/** Say what went wrong with something that nobody waits for. */
export function told(promise) {
  promise?.catch((error) => say(error.message));
}

/** Return a function that does something `pause` milliseconds after it was last called; at most four times as long after the first call. */
export function later(pause, done) {
  let waiting = null;
  let since = 0;
  return () => {
    const now = performance.now();
    if (waiting === null) since = now;
    clearTimeout(waiting);
    const left = Math.max(0, Math.min(pause, since + 4 * pause - now));
    waiting = setTimeout(() => {
      waiting = null;
      told(done());
    }, left);
  };
}
