// The start page: the reader's sandbox, begun anew in another world.
import { control, sandbox } from "./api.js";
import { say } from "./dom.js";

const button = document.getElementById("anew");

button?.addEventListener("click", async () => {
  const world = document.getElementById("world").value;
  button.disabled = true;
  try {
    await control(`/sandboxes/${encodeURIComponent(sandbox)}`, { method: "PUT", body: { world } });
    location.reload();
  } catch (error) {
    say(`It could not begin anew: ${error.message}`);
    button.disabled = false;
  }
});
