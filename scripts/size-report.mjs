// size-report.mjs MODULE.wasm [COUNT]: prints the size of a module's code by crate, its largest functions, and the size of
// its data. The module needs its names: give the one that cargo wrote, from which wasm-bindgen removes them.
import { readFileSync } from "node:fs";

const CODE = 10;
const IMPORT = 2;
const DATA = 11;

const [path, count = "25"] = process.argv.slice(2);
const bytes = readFileSync(path);
let at = 8;

function unsigned() {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
}

function name() {
  const length = unsigned();
  const text = bytes.toString("utf8", at, at + length);
  at += length;
  return text;
}

function limits() {
  const flags = unsigned();
  unsigned();
  if (flags & 1) unsigned();
}

let imported = 0;
const sizes = [];
const names = new Map();
const sections = new Map();
while (at < bytes.length) {
  const id = bytes[at++];
  const size = unsigned();
  const end = at + size;
  const custom = id === 0 ? name() : undefined;
  sections.set(custom ?? id, size);
  if (id === IMPORT) {
    for (let i = unsigned(); i > 0; i -= 1) {
      name();
      name();
      const kind = bytes[at++];
      if (kind === 0) {
        unsigned();
        imported += 1;
      } else if (kind === 1) {
        at += 1;
        limits();
      } else if (kind === 2) {
        limits();
      } else {
        at += 2;
      }
    }
  } else if (id === CODE) {
    for (let i = unsigned(); i > 0; i -= 1) {
      const length = unsigned();
      sizes.push(length);
      at += length;
    }
  } else if (custom === "name") {
    while (at < end) {
      const kind = bytes[at++];
      const after = unsigned() + at;
      if (kind === 1) for (let i = unsigned(); i > 0; i -= 1) names.set(unsigned(), name());
      at = after;
    }
  }
  at = end;
}
if (names.size === 0) {
  console.error(`${path} has no names: give the module that cargo wrote`);
  process.exit(2);
}

/** The crate of a function, by its mangled name; for a trait's implementation, the crate of its type. */
function crate(symbol) {
  let path = symbol;
  // In a legacy-mangled name, each part follows its length.
  const first = /^_ZN(\d+)/.exec(symbol);
  if (first) path = symbol.slice(first[0].length, first[0].length + Number(first[1]));
  path = path.replace(/^_?\$LT\$(impl\$u20\$.*\$u20\$for\$u20\$)?/, "").replace(/^(\$[A-Z]+\$|dyn\$u20\$|mut\$u20\$|_)+/, "");
  return /^[a-z]\w*?(?=\.\.|$|\$)/.exec(path)?.[0] ?? "other";
}

const functions = sizes.map((size, i) => ({ size, name: names.get(i + imported) ?? "" }));
const crates = new Map();
for (const { size, name } of functions) crates.set(crate(name), (crates.get(crate(name)) ?? 0) + size);
const rows = (entries) => entries.sort(([, a], [, b]) => b - a).map(([label, size]) => `${size.toLocaleString("en").padStart(11)}  ${label}`);
console.log(`Code by crate\n${rows([...crates]).slice(0, Number(count)).join("\n")}`);
console.log(`\nThe largest functions\n${rows(functions.map(({ name, size }) => [name, size])).slice(0, Number(count)).join("\n")}`);
console.log(`\n${(sections.get(CODE) ?? 0).toLocaleString("en")} bytes of code, ${(sections.get(DATA) ?? 0).toLocaleString("en")} of data`);
