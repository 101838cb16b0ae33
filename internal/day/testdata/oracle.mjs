// Prints what two independent npm packages say about the lunar calendar, in the
// form day's tests check: run it when in doubt about lunar_table.go.
//
//   dir=$(mktemp -d) && cp internal/day/testdata/oracle.mjs "$dir" && cd "$dir"
//   npm init -y && npm install tyme4ts@1.5.2 lunar-javascript@1.7.7
//   node oracle.mjs                # digests: equal to those in lunar_oracle_test.go
//   node oracle.mjs --sample       # and the lines of lunar_sample.txt
//   node oracle.mjs --tables       # and the two tables of lunar_table.go
//
// The digest of the days is the SHA-256 of one line for each day from 1900-01-31
// to 2100-12-31, "2020-05-23 2020-04-01x\n" (x: leap month); that of the terms of
// one line for each year, "2020 2020-04-04 2020-12-21\n" (清明 and 冬至).
// Node's own Intl calendar is no oracle: it is wrong on 417 of these days.
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const tyme = require('tyme4ts')
const lunarjs = require('lunar-javascript')

const pad = (n, w = 2) => String(n).padStart(w, '0')
const iso = (y, m, d) => `${pad(y, 4)}-${pad(m)}-${pad(d)}`

// Each oracle: a civil date to [year, month, day, leap], and a year to the days of two solar terms.
const oracles = {
  tyme4ts: {
    lunar(y, m, d) {
      const l = tyme.SolarDay.fromYmd(y, m, d).getLunarDay()
      const month = l.getLunarMonth()
      return [month.getYear(), month.getMonth(), l.getDay(), month.isLeap()]
    },
    terms(y) {
      return [7, 24].map((n) => {
        // index 7 is 清明 of the year; the term of index 24 is the next year's 0: 冬至 of this December
        const s = tyme.SolarTerm.fromIndex(y, n).getJulianDay().getSolarDay()
        return iso(s.getYear(), s.getMonth(), s.getDay())
      })
    },
  },
  'lunar-javascript': {
    lunar(y, m, d) {
      const l = lunarjs.Solar.fromYmd(y, m, d).getLunar()
      return [l.getYear(), Math.abs(l.getMonth()), l.getDay(), l.getMonth() < 0]
    },
    terms(y) {
      const t = lunarjs.Lunar.fromYmd(y, 6, 1).getJieQiTable()
      return ['清明', 'DONG_ZHI'].map((name) => t[name].toYmd())
    },
  },
}

function run(oracle) {
  const lines = []
  const months = new Map() // lunar year → [[month, leap, days], …]
  const end = Date.UTC(2101, 0, 28) // the last day of the lunar year 2100
  for (let t = Date.UTC(1900, 0, 31); t <= end; t += 86400e3) {
    const at = new Date(t)
    const [y, m, d] = [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate()]
    const [ly, lm, ld, leap] = oracle.lunar(y, m, d)
    if (y <= 2100) lines.push(`${iso(y, m, d)} ${iso(ly, lm, ld)}${leap ? 'x' : ''}`)
    if (!months.has(ly)) months.set(ly, [])
    const list = months.get(ly)
    if (ld === 1) list.push([lm, leap, 0])
    list[list.length - 1][2] = ld
  }
  const terms = []
  for (let y = 1900; y <= 2100; y++) terms.push(`${y} ${oracle.terms(y).join(' ')}`)
  return { lines, months, terms }
}

const sha = (lines) => createHash('sha256').update(lines.map((l) => l + '\n').join('')).digest('hex')

const results = Object.entries(oracles).map(([name, oracle]) => [name, run(oracle)])
for (const [name, r] of results) {
  console.log(`${name}: ${r.lines.length} days ${sha(r.lines)}, ${r.terms.length} years ${sha(r.terms)}`)
}
const [, first] = results[0]

// The sample: the first day of every leap month, both
// ends, New Year's Day and eve around the years in which calendars have been printed wrong.
if (process.argv.includes('--sample')) {
  const hard = [1917, 1922, 1954, 1955, 1987, 1999, 2012, 2018, 2027, 2030, 2070]
  const want = new Set(['1900-01-31', '2100-12-31'])
  first.lines.forEach((line, i) => {
    const [day, lunar] = line.split(' ')
    if (lunar.endsWith('-01x')) want.add(day)
    if (hard.includes(Number(lunar.slice(0, 4))) && lunar.endsWith('-01-01')) {
      want.add(day)
      if (i > 0) want.add(first.lines[i - 1].split(' ')[0])
    }
  })
  for (const line of first.lines) if (want.has(line.split(' ')[0])) console.log(line)
}

if (process.argv.includes('--tables')) {
  const words = []
  for (let y = 1900; y <= 2100; y++) {
    let word = 0
    for (const [m, leap, days] of first.months.get(y)) {
      if (leap) word |= m | (days === 30 ? 1 << 16 : 0)
      else if (days === 30) word |= 1 << (16 - m)
    }
    words.push('0x' + word.toString(16).padStart(5, '0'))
  }
  for (let i = 0; i < words.length; i += 10) console.log('\t' + words.slice(i, i + 10).join(', ') + `, // ${1900 + i}`)
  const digits = first.terms.map((line) => {
    const [, q, d] = line.split(' ')
    return (Number(q.slice(8)) - 4) * 3 + Number(d.slice(8)) - 21
  })
  for (let i = 0; i < digits.length; i += 50) console.log(`\t"${digits.slice(i, i + 50).join('')}" + // ${1900 + i}`)
}
