// The search box: arrows walk its suggestions, Enter opens the chosen one,
// Escape and leaving the box close the list.
const boxOf = (el) => el.closest?.("[data-search]")
const listOf = (box) => box.querySelector("[role=listbox]")
const inputOf = (box) => box.querySelector("[role=combobox]")

function sync(box) {
  const list = listOf(box), input = inputOf(box)
  if (!list || !input) return
  const open = list.childElementCount > 0 && !list.hidden
  input.setAttribute("aria-expanded", String(open))
  // A later answer must not take the choice away that was made in an earlier one.
  list.querySelectorAll("[role=option]").forEach((o, i) => {
    o.id = `${list.id}-${i}`
    o.setAttribute("aria-selected", String(o.href === input.dataset.chosen))
  })
  if (!open) input.removeAttribute("aria-activedescendant")
}

function choose(box, step) {
  const options = [...listOf(box).querySelectorAll("[role=option]")]
  if (!options.length) return
  const at = options.findIndex((o) => o.getAttribute("aria-selected") === "true")
  const next = (at + step + options.length + (at < 0 && step < 0 ? 1 : 0)) % options.length
  options.forEach((o, i) => o.setAttribute("aria-selected", String(i === next)))
  options[next].scrollIntoView({ block: "nearest" })
  inputOf(box).dataset.chosen = options[next].href
  inputOf(box).setAttribute("aria-activedescendant", options[next].id)
}

document.addEventListener("htmx:after:swap", () => document.querySelectorAll("[data-search]").forEach(sync))

document.addEventListener("keydown", (e) => {
  const box = boxOf(e.target)
  const list = box && listOf(box)
  if (!list || e.isComposing) return
  if (e.key === "ArrowDown" || e.key === "ArrowUp") {
    e.preventDefault()
    list.hidden = false
    choose(box, e.key === "ArrowDown" ? 1 : -1)
    sync(box)
  } else if (e.key === "Escape") {
    list.hidden = true
    sync(box)
  }
})
document.addEventListener("submit", (e) => {
  const list = e.target.matches("[data-search]") && listOf(e.target)
  const chosen = list && !list.hidden && list.querySelector("[aria-selected=true]")
  if (chosen) { e.preventDefault(); location.assign(chosen.href) }
})
document.addEventListener("input", (e) => {
  const box = boxOf(e.target)
  if (!box || !listOf(box)) return
  delete e.target.dataset.chosen
  listOf(box).hidden = e.target.value.trim() === ""
})
document.addEventListener("focusin", (e) => {
  for (const box of document.querySelectorAll("[data-search]")) {
    const list = listOf(box)
    if (!list) continue
    if (!box.contains(e.target)) list.hidden = true
    else if (e.target === inputOf(box)) list.hidden = e.target.value.trim() === ""
    sync(box)
  }
})
document.addEventListener("click", (e) => {
  for (const box of document.querySelectorAll("[data-search]")) if (!box.contains(e.target) && listOf(box)) { listOf(box).hidden = true; sync(box) }
})
