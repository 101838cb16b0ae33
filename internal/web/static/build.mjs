// Builds what the pages need beside HTML into dist/: app.css, app.js, the files
// of files/, each under a name with the hash of its content and beside it the
// same compressed; icons.gz; and manifest.json, which maps names to hashed names.
//
//   npm ci && npm run build
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { brotliCompressSync, constants, gzipSync } from "node:zlib"
import { build } from "esbuild"

const here = path.dirname(fileURLToPath(import.meta.url))
const root = path.resolve(here, "../../..")
const modules = path.join(root, "node_modules")
const dist = path.join(here, "dist")
const work = path.join(root, "build/assets")

rmSync(dist, { recursive: true, force: true })
mkdirSync(dist, { recursive: true })
mkdirSync(work, { recursive: true })

const manifest = {}

// add writes content under its hashed name, and compressed where that is smaller.
function add(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 10)
  const { name: stem, ext } = path.parse(name)
  const hashed = `${stem}-${hash}${ext}`
  manifest[name] = hashed
  writeFileSync(path.join(dist, hashed), content)
  const br = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })
  const gz = gzipSync(content, { level: 9 })
  if (br.length < content.length * 0.9) writeFileSync(path.join(dist, hashed + ".br"), br)
  if (gz.length < content.length * 0.9) writeFileSync(path.join(dist, hashed + ".gz"), gz)
  console.log(`${hashed.padEnd(34)} ${kb(content.length)}  br ${kb(br.length)}  gz ${kb(gz.length)}`)
}
const kb = (n) => `${(n / 1024).toFixed(1).padStart(7)} kB`

// Styles. Tailwind writes the classes it finds in the .templ files.
const css = path.join(work, "app.css")
execFileSync(process.execPath, [
  path.join(modules, "@tailwindcss/cli/dist/index.mjs"),
  "--input", path.join(here, "app.css"), "--output", css, "--minify",
], { stdio: ["ignore", "ignore", "inherit"], cwd: root })
add("app.css", readFileSync(css))

// Script: htmx and our own few lines in one file.
const js = await build({
  entryPoints: [path.join(here, "app.js")], bundle: true, minify: true, write: false,
  format: "iife", target: ["es2022", "safari16"], legalComments: "none", nodePaths: [modules],
})
add("app.js", Buffer.from(js.outputFiles[0].contents))

for (const name of readdirSync(path.join(here, "files"))) add(name, readFileSync(path.join(here, "files", name)))

// Icons: the inside of every lucide drawing, one "name<tab>markup" a line. The
// program draws them into the page, so that an icon costs no request and takes
// the colour of the text around it.
const icons = path.join(modules, "lucide-static/icons")
const lines = readdirSync(icons).filter((f) => f.endsWith(".svg")).sort().map((f) => {
  const svg = readFileSync(path.join(icons, f), "utf8")
  const inner = svg.slice(svg.indexOf("\n>") + 2, svg.lastIndexOf("</svg>")).replace(/\s*\n\s*/g, "").replaceAll(" />", "/>")
  return `${path.parse(f).name}\t${inner}\n`
})
writeFileSync(path.join(dist, "icons.gz"), gzipSync(lines.join(""), { level: 9 }))

writeFileSync(path.join(dist, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n")
