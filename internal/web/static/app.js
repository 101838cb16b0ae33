// What pages do beyond HTML. Everything here is a convenience: without script
// each form posts, each link leads somewhere, and nothing is out of reach.
import "htmx.org"
import "./keys.js"
import "./search.js"

// Menus (details.pop) close on a press elsewhere and on Escape.
document.addEventListener("click", (e) => {
  for (const d of document.querySelectorAll("details.pop[open]")) if (!d.contains(e.target)) d.open = false
  const dialog = e.target
  if (dialog instanceof HTMLDialogElement && dialog.open && dialog.matches("dialog.sheet")) {
    const r = dialog.getBoundingClientRect()
    if (e.clientX < r.left || e.clientX > r.right || e.clientY < r.top || e.clientY > r.bottom) dialog.close()
  }
})

// Buttons with command="show-modal" work by themselves in browsers of 2025 and later.
if (!("commandForElement" in HTMLButtonElement.prototype)) {
  document.addEventListener("click", (e) => {
    const b = e.target.closest?.("button[command]")
    const target = b && document.getElementById(b.getAttribute("commandfor"))
    if (!target) return
    if (b.getAttribute("command") === "show-modal") target.showModal()
    if (b.getAttribute("command") === "close") target.close()
  })
}

// What just happened stays for as long as it takes to read it, longer while it
// is pointed at, and until it is dismissed when something went wrong.
function leave(toast) {
  toast.classList.add("leaving")
  setTimeout(() => toast.remove(), 200)
}
// On a phone there is room for the latest only: more would lie over the buttons.
const wide = matchMedia("(min-width: 40rem)")
function watch(root) {
  const passing = [...root.querySelectorAll("[data-toast]:not(.leaving, [role=alert])")]
  for (const t of passing.slice(0, wide.matches ? -3 : -1)) leave(t)
  for (const t of root.querySelectorAll("[data-toast]:not([data-watched])")) {
    t.dataset.watched = ""
    if (t.getAttribute("role") === "alert") continue
    let timer = setTimeout(() => leave(t), 8000)
    t.addEventListener("pointerenter", () => clearTimeout(timer))
    t.addEventListener("pointerleave", () => { timer = setTimeout(() => leave(t), 3000) })
  }
}
document.addEventListener("click", (e) => {
  const t = e.target.closest?.("[data-dismiss]")?.closest("[data-toast]")
  if (t) leave(t)
})
document.addEventListener("htmx:after:swap", () => watch(document))

// A field that only matters for one answer appears with it:
// data-show-for="outcome=call_back" on its wrapper.
function reveal() {
  for (const el of document.querySelectorAll("[data-show-for]")) {
    const [name, value] = el.dataset.showFor.split("=")
    const scope = el.closest("form") ?? document
    const chosen = scope.querySelector(`[name="${name}"]:checked, select[name="${name}"]`)
    el.hidden = chosen?.value !== value
  }
}
document.addEventListener("change", (e) => {
  reveal()
  const el = e.target
  if (el.matches?.("[data-submit]")) el.form.requestSubmit()
})

// A file that the server would refuse is refused before it has travelled:
// data-max-bytes on the field, data-too-large on the sentence.
document.addEventListener("change", (e) => {
  const max = Number(e.target.dataset?.maxBytes)
  if (!max) return
  const large = [...e.target.files].some((f) => f.size > max)
  if (large) e.target.value = ""
  for (const el of e.target.form.querySelectorAll("[data-too-large]")) el.hidden = !large
})

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (e) => {
  const f = e.target
  if (f.method !== "post" || f.hasAttribute("hx-post")) return
  if (f.dataset.sent) return e.preventDefault()
  f.dataset.sent = "1"
})
addEventListener("pageshow", () => {
  for (const f of document.querySelectorAll("form[data-sent]")) delete f.dataset.sent
})

// data-copy puts its value on the clipboard and says so on itself.
document.addEventListener("click", async (e) => {
  const b = e.target.closest?.("[data-copy]")
  if (!b) return
  await navigator.clipboard.writeText(b.dataset.copy)
  b.dataset.copied = "1"
  setTimeout(() => delete b.dataset.copied, 1500)
})

document.addEventListener("DOMContentLoaded", () => { watch(document); reveal() })
