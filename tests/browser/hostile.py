"""A page of somebody else: it tries whatever a browser lets a page send to another origin."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

ATTACK = """
async (targets) => {
const attack = async ({url, method}) => {
  const read = [];
  const heard = (what, text) => { if (text) read.push(`${what}: ${text.slice(0, 80)}`); };
  const types = [null, "text/plain", "application/x-www-form-urlencoded", "application/json"];
  const here = (status) => `/redirect?status=${status}&to=${encodeURIComponent(url)}`;
  const fetches = [];
  for (const target of [url, here(302), here(307), here(308)])
    for (const verb of new Set([method, "GET", "POST"]))
      for (const mode of ["cors", "no-cors"])
        for (const type of types)
          for (const credentials of ["omit", "include"]) {
            const bodiless = verb === "GET" || verb === "HEAD";
            const options = {method: verb, mode, credentials, signal: AbortSignal.timeout(3000)};
            if (type) options.headers = {"Content-Type": type};
            if (type && !bodiless) options.body = "{}";
            fetches.push(Promise.resolve().then(() => fetch(target, options)).then(
              async (answer) => { if (answer.type !== "opaque") heard(`fetch ${verb} ${type}`, await answer.text()); },
              () => {}));
          }
  await Promise.all(fetches);
  navigator.sendBeacon(url, "{}");
  navigator.sendBeacon(url, new Blob(["{}"], {type: "application/x-www-form-urlencoded"}));
  const ended = (element) => new Promise((done) => {
    element.onload = () => done(true); element.onerror = () => done(false); setTimeout(() => done(false), 1500);
  });
  const loads = [];
  const add = (name, attributes) => {
    const element = Object.assign(document.createElement(name), attributes);
    loads.push(ended(element).then((loaded) => { if (loaded && name !== "iframe") heard(name, "loaded"); }));
    document.body.append(element);
    return element;
  };
  add("img", {src: url}); add("script", {src: url}); add("link", {rel: "stylesheet", href: url});
  add("link", {rel: "prefetch", href: url});
  const frame = add("iframe", {src: url});
  let n = 0;
  for (const verb of ["GET", "POST"])
    for (const enctype of ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded"]) {
      const inner = add("iframe", {name: `${method} ${url} ${n++}`});
      const form = document.createElement("form");
      Object.assign(form, {action: url, method: verb, enctype, target: inner.name});
      form.append(Object.assign(document.createElement("input"), {name: '{"a":"', value: '"}'}));
      document.body.append(form);
      form.submit();
    }
  const stream = new EventSource(url);
  stream.onopen = () => heard("EventSource", "open");
  const socket = new WebSocket(url.replace("http", "ws"));
  socket.onopen = () => heard("WebSocket", "open");
  await Promise.all(loads);
  try { heard("iframe", frame.contentDocument?.body?.innerText ?? ""); } catch {}
  stream.close(); socket.close();
  return read;
};
const read = (await Promise.all(targets.map(attack))).flat();
document.body.replaceChildren();
return read;
}
"""
"""Takes url and method of operations, returns what could be read of them or was let in."""


class _Page(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        asked = urlsplit(self.path)
        self.rfile.read(int(self.headers.get("content-length") or 0))
        if asked.path == "/redirect":
            query = parse_qs(asked.query)
            self.send_response(int(query["status"][0]))
            self.send_header("Location", query["to"][0])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = b"<!doctype html><title>hostile</title><body>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def hostile_site() -> Iterator[int]:
    """Serve the page at a free port of 127.0.0.1; yield the port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
