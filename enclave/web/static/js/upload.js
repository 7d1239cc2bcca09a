// Sends a large file part by part: survives reloads, broken lines, pauses and the end of a session. Without it the form sends itself.
//
// The server says how much it has; nothing here is trusted about that. The file's name is sent nowhere.

const PATIENCE = [1000, 2000, 4000, 8000];
const SAMPLE = 1024 * 1024;

const form = document.querySelector("[data-upload]");
if (form) new Upload(form);

function Upload(form) {
  const part = (name) => form.querySelector(`[data-upload-${name}]`);
  const input = form.querySelector("input[type=file]");
  const start = part("start"), pauseButton = part("pause"), problem = part("problem");
  let token = form.elements.csrf.value;
  let id = form.dataset.id, paused = false, running = false, saidAt = -10;

  part("hint").textContent = "Up to 64 GB. You can pause, close this page and go on later.";
  form.addEventListener("submit", (event) => { event.preventDefault(); go(); });
  pauseButton.addEventListener("click", () => (paused ? go() : pause()));

  async function go() {
    if (running) return;
    const file = input.files[0];
    if (!file) return say("Choose a file first.");
    running = input.disabled = true;
    paused = false;
    clear();
    try {
      const status = await open(file);
      if (status) await send(file, status);
    } catch (error) {
      stopped(error);
    } finally {
      running = input.disabled = false;
    }
  }

  // A new upload, or the one of this page. A file that is not the same one is noticed by its length and its beginning.
  async function open(file) {
    if (!id) {
      const made = await call("POST", "/api/uploads", JSON.stringify({ dataset: form.dataset.dataset, bytes: file.size }), "application/json");
      id = String(made.id);
      history.replaceState(null, "", `?upload=${id}`);
      remember(id, await sample(file));
      return made;
    }
    const status = await call("GET", `/api/uploads/${id}`);
    if (status.state !== "receiving") { location.assign(status.page); return null; }
    const known = recall(id);
    if (file.size !== status.bytes || (known && known !== (await sample(file)))) {
      say("This is not the file of which a part is here. Choose that one, or withdraw this upload and start again.");
      return null;
    }
    return status;
  }

  async function send(file, status) {
    show(status);
    let missed = 0;
    while (status.offset < status.bytes) {
      if (paused) return words(`Paused at ${percentOf(status)} %. What is here stays here.`);
      const end = Math.min(status.offset + status.part, status.bytes);
      try {
        status = await patiently(() => call("PUT", `/api/uploads/${id}/parts?offset=${status.offset}`, file.slice(status.offset, end)));
        missed = 0;
      } catch (error) {
        // Another window may be sending too, or an answer was lost on the way: go on from where the server is, a few times.
        if (!error.body || error.status !== 409 || ++missed > 5) throw error;
        status = await call("GET", `/api/uploads/${id}`);
        if (status.state !== "receiving") return location.assign(status.page);
      }
      show(status);
    }
    const done = await patiently(() => call("POST", `/api/uploads/${id}/finish`));
    forget(id);
    location.assign(done.page);
  }

  // A line that breaks for a moment is tried again; a refusal is final.
  async function patiently(attempt) {
    for (const wait of PATIENCE) {
      try {
        return await attempt();
      } catch (error) {
        if (error.body) throw error;
        words(`The line is broken. Trying again…`);
        await new Promise((resume) => setTimeout(resume, wait));
      }
    }
    return attempt();
  }

  async function call(method, path, body, kind = "application/octet-stream") {
    const headers = { Accept: "application/json", "X-CSRF-Token": token };
    if (body !== undefined) headers["Content-Type"] = kind;
    let answer = await fetch(path, { method, headers, body });
    if (answer.status === 401 || answer.status === 403) {
      // Somebody may have signed in again in another window: then there is a new token and the same request is good.
      const session = await (await fetch("/api/session", { headers: { Accept: "application/json" } })).json();
      if (session.signed_in && session.token !== token) {
        token = form.elements.csrf.value = session.token;
        answer = await fetch(path, { method, headers: { ...headers, "X-CSRF-Token": token }, body });
      }
    }
    const told = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(told.sentence), { body: told, status: answer.status });
    return told;
  }

  function pause() {
    paused = true;
    pauseButton.textContent = "Go on";
    words("Pausing after this part…");
  }

  function show(status) {
    const percent = percentOf(status);
    part("moving").hidden = false;
    start.hidden = true;
    pauseButton.textContent = paused ? "Go on" : "Pause";
    part("bar").value = percent;
    words(`${percent} % of ${size(status.bytes)} is here.`);
    if (percent - saidAt >= 10 || percent === 100) {
      saidAt = percent;
      part("live").textContent = `${percent} per cent is here`;
    }
  }

  function stopped(error) {
    if (error.status === 401) {
      const back = encodeURIComponent(location.pathname + `?upload=${id}`);
      say(`Your session has ended. Nothing is lost: sign in again, then press “Go on”.`, `/login?next=${back}`, "Sign in in a new window");
    } else if (error.body) {
      say(`${error.body.sentence} ${error.body.instead || ""}`);
    } else {
      say("The line is broken. Nothing is lost: press “Go on” when you are connected again.");
    }
    paused = true;
    pauseButton.textContent = "Go on";
    if (part("moving").hidden) start.hidden = false;
    words("Stopped. What is here stays here.");
  }

  function say(sentence, href, text) {
    problem.replaceChildren();
    const line = document.createElement("p");
    line.textContent = sentence;
    problem.append(line);
    if (href) {
      const link = Object.assign(document.createElement("a"), { href, target: "_blank", rel: "noopener", className: "govuk-link", textContent: text });
      problem.append(link);
    }
  }

  function clear() { problem.replaceChildren(); }
  function words(text) { part("words").textContent = text; }
}

// The beginning of the file, as a fingerprint that stays in this browser.
async function sample(file) {
  if (!globalThis.crypto || !crypto.subtle) return "";
  const digest = await crypto.subtle.digest("SHA-256", await file.slice(0, SAMPLE).arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function remember(id, fingerprint) { try { localStorage.setItem(`upload-${id}`, fingerprint); } catch { /* then it is not checked */ } }
function recall(id) { try { return localStorage.getItem(`upload-${id}`); } catch { return null; } }
function forget(id) { try { localStorage.removeItem(`upload-${id}`); } catch { /* nothing to forget */ } }

function percentOf(status) { return status.bytes ? Math.floor((100 * status.offset) / status.bytes) : 100; }

function size(bytes) {
  for (const [step, name] of [[1e9, "GB"], [1e6, "MB"], [1e3, "kB"]]) {
    if (bytes >= step) return `${bytes / step < 10 ? (bytes / step).toFixed(1) : Math.round(bytes / step)} ${name}`;
  }
  return `${bytes} bytes`;
}
