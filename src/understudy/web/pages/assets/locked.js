// The door of the console: the admin token goes to the server once, which gives a session that no script can read.
const form = document.getElementById("let-in");
const field = document.getElementById("token");
const refused = document.getElementById("refused");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  refused.hidden = true;
  try {
    const token = field.value.trim();
    if (!/^[!-~]+$/.test(token)) throw new Error("That is not the admin token.");
    const answer = await fetch("/__admin/session", { method: "POST", headers: { Authorization: `Bearer ${token}` }, cache: "no-store" });
    if (answer.status === 401) throw new Error("That is not the admin token.");
    if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
    location.reload();
  } catch (error) {
    refused.textContent = error instanceof TypeError ? "The server cannot be reached; is it running?" : error.message;
    refused.hidden = false;
    button.disabled = false;
    field.select();
  }
});
