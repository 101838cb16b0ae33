// Keyboard: data-key="x" on a link, button or field is pressed or entered by x;
// data-go="t" on a link by g then t; j and k walk the rows of a list; ? explains.
let go = 0

function typing(el) {
  return el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName)
}

function visible(selector) {
  return [...document.querySelectorAll(selector)].find((el) => el.checkVisibility())
}

function press(el) {
  if (typing(el)) {
    el.focus()
    el.select?.()
  } else {
    el.click()
  }
}

function walk(step) {
  const rows = [...document.querySelectorAll("[data-rows] .row-link")].filter((el) => el.checkVisibility())
  if (!rows.length) return
  const at = rows.indexOf(document.activeElement)
  const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step))]
  next.focus()
  next.scrollIntoView({ block: "nearest" })
}

document.addEventListener("keydown", (e) => {
  if (e.key === "Escape") {
    for (const d of document.querySelectorAll("details.pop[open]")) d.open = false
    if (typing(e.target)) e.target.blur()
    return
  }
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || typing(e.target)) return
  if (document.querySelector("dialog[open]")) return
  const key = e.key.toLowerCase()
  const jump = go && Date.now() - go < 1200
  go = 0
  if (jump) {
    const link = /^[a-z]$/.test(key) && visible(`[data-go="${key}"]`)
    if (link) { e.preventDefault(); press(link) }
    return
  }
  if (key === "g") { go = Date.now(); return }
  if (key === "?") { e.preventDefault(); document.getElementById("shortcuts")?.showModal(); return }
  if (key === "j" || key === "k") { e.preventDefault(); walk(key === "j" ? 1 : -1); return }
  const el = /^[a-z0-9/]$/.test(key) && visible(`[data-key="${key}"]`)
  if (el) { e.preventDefault(); press(el) }
})
