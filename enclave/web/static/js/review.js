// Keys for custodians who look at many files: a approves, c asks for changes, n and p turn to the next and previous file.
// Off unless the person turns them on (WCAG 2.1.4), and silent while somebody types.

const hint = document.querySelector("[data-keys]");
const box = document.querySelector("[data-keys-on]");
if (hint && box) {
  hint.hidden = false;
  box.checked = remembered();
  box.addEventListener("change", () => remember(box.checked));
  document.addEventListener("keydown", (event) => {
    if (!box.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    const act = { a: approve, c: change, n: () => turn("next"), p: () => turn("prev") }[event.key];
    if (act) { event.preventDefault(); act(); }
  });
}

function approve() { document.querySelector("[data-key=a]")?.click(); }
function change() { document.querySelector("#comment")?.focus(); }
function turn(way) { document.querySelector(`a[rel=${way}]`)?.click(); }
function remembered() { try { return localStorage.getItem("review-keys") === "on"; } catch { return false; } }
function remember(on) { try { localStorage.setItem("review-keys", on ? "on" : "off"); } catch { /* then only for this page */ } }
