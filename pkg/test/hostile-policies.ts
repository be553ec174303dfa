/** Policies by which somebody could hope to hang a check, to fill its memory or to break its stack. */
export interface Hostile {
  readonly name: string;
  readonly policy: string;
  /** What is asked of it: `data.p.x` unless it says otherwise. */
  readonly query?: string;
  readonly input?: string;
  readonly args?: readonly string[];
}

/** `length` lines, made one after another. */
export function row(length: number, line: (i: number) => string): string {
  return Array.from({ length }, (_, i) => line(i)).join("\n");
}

function policy(...parts: readonly string[]): string {
  return ["package p\n", ...parts].join("\n\n") + "\n";
}

const yes = "x { true }";

/** A value of 2^60 leaves in the room of 60 arrays, twice. */
const shared = ["r", "s"]
  .map((name) => `${name}0 := [input]\n\n${row(60, (i) => `${name}${i + 1} := [${name}${i}, ${name}${i}]`)}`)
  .join("\n\n");

/** The same of objects, whose keys are shared too. */
const sharedObjects = ["r", "s"]
  .map((name) => `${name}0 := {"a": input}\n\n${row(60, (i) => `${name}${i + 1} := {"a": ${name}${i}, "b": ${name}${i}}`)}`)
  .join("\n\n");

const sharedSets = ["r", "s"]
  .map(
    (name) =>
      `${name}0 := {[input]}\n\n${row(60, (i) => `${name}${i + 1} := {[${name}${i}, 1], [${name}${i}, 2]}`)}`,
  )
  .join("\n\n");

function onShared(name: string, rule: string, more: Partial<Hostile> = {}): Hostile {
  return { name: `shared value: ${name}`, policy: policy(shared, rule), input: "1", ...more };
}

/** A string or collection that is made of the one before it, 60 times. */
function grown(name: string, first: string, next: (before: string) => string, rule = "x := count(t60)"): Hostile {
  return {
    name: `growth: ${name}`,
    policy: policy(`t0 := ${first}\n\n${row(60, (i) => `t${i + 1} := ${next(`t${i}`)}`)}`, rule),
    input: '"aaaaaaaaaaaaaaaa"',
  };
}

function one(name: string, rule: string, more: Partial<Hostile> = {}): Hostile {
  return { name, policy: policy(rule), input: '"a"', ...more };
}

function template(name: string, text: string): Hostile {
  const data = '{"a": "aa", "long": sprintf("%01000000d", [0]), "list": numbers.range(1, 100000)}';
  return one(`template that ${name}`, `x := strings.render_template("${text}", ${data})`, { args: ["--v1-compatible"] });
}

const nested = (depth: number, open = "[", close = "]", inner = "1") => open.repeat(depth) + inner + close.repeat(depth);

/** What grows when it is evaluated. */
export const evaluated: readonly Hostile[] = [
  onShared("equality", "x { r60 == s60 }"),
  onShared("inequality", "x { r60 != s60 }"),
  onShared("order", "x { r60 < s60 }"),
  onShared("unification", "x { [r60, 1] = [s60, y] }"),
  onShared("set", "x := count({r60, s60})"),
  onShared("set by comprehension", "x := count({y | y := [r60, s60][_]})"),
  onShared("keys of an object", "x := count({r60: 1, s60: 2})"),
  onShared("rule that is a set", "x[y] { y := [r60, s60][_] }", { query: "count(data.p.x)" }),
  onShared("rule with two values", "x := r60\n\nx := s60", { query: "data.p.x == 1" }),
  onShared("object with two values for a key", 'x := {"a": y | y := [r60, s60][_]}', { query: "data.p.x == 1" }),
  onShared("sort", "x := count(sort([r60, s60, r60]))"),
  onShared("max", "x := max([r60, s60]) == 1"),
  onShared("membership", "import future.keywords.in\n\nx { r60 in [s60] }".replace(/^import.*\n\n/, "")
    .replace("r60 in [s60]", "[s60][_] == r60")),
  onShared("arguments of a function", "f(y) := 1\n\nx { f(r60) == f(s60) }"),
  onShared("walk", "x := count([1 | walk(r60)])"),
  onShared("walk with paths", "x := count([q | walk(r60, [q, _])])"),
  onShared("nested references", "x := count([1 | r60[a][b][c][d][e][f][g][h][i][j][k][l][m][n][o][q][s][t][u][v][w][y][z]])"),
  onShared("sprintf", 'x := count(sprintf("%v %s %q", [r60, r60, r60]))'),
  onShared("print", "x { print(r60) }"),
  onShared("trace", 'x { trace(sprintf("%v", [r60])) }'),
  onShared("json.marshal", "x := count(json.marshal(r60))"),
  onShared("json.marshal_with_options", 'x := count(json.marshal_with_options(r60, {"pretty": true}))', {
    args: ["--v1-compatible"],
  }),
  onShared("yaml.marshal", "x := count(yaml.marshal(r60))"),
  onShared("object.union", 'x := count(object.union({"a": {"b": r60}}, {"a": {"b": s60}}))'),
  onShared("object.subset", "x { object.subset([[r60]], [s60]) }"),
  onShared("json.patch test", 'x := json.patch([r60], [{"op": "test", "path": "/0", "value": s60}])', {
    query: "data.p.x == 1",
  }),
  onShared("message of json.patch", 'x := json.patch([r60], [{"op": "remove", "path": "/0/7/7"}])'),
  onShared("json.remove", 'x := count(json.remove({"a": r60}, ["a/0/1"]))'),
  onShared("set difference", "x := count({r60} - {s60})"),
  onShared("intersection", "x := count({r60} & {s60})"),
  onShared("graph.reachable", "x := count(graph.reachable({r60: [s60]}, {s60}))"),
  onShared("with", "y { input == s60 }\n\nx { y with input as r60 }"),
  onShared("strings.render_template", 'x := strings.render_template("{{.a}}", {"a": r60})', {
    args: ["--v1-compatible"],
  }),
  onShared("schema", 'x := json.match_schema({"a": r60}, {"properties": {"a": {"enum": [s60]}}})'),
  onShared("schema of it", "x := json.match_schema({}, {\"enum\": [r60]})"),
  onShared("urlquery", 'x := urlquery.encode_object({"a": r60})'),
  onShared("http.send", 'x := http.send({"method": "GET", "url": "http://a.example", "body": r60})'),
  ...["json", "values", "bindings", "pretty", "raw", "discard"].map((format) =>
    onShared(`answer as ${format}`, yes, { query: "y := data.p.r60", args: ["-f", format] }),
  ),
  onShared("answer with coverage", yes, { query: "data.p.r60", args: ["--coverage"] }),
  onShared("whole package", yes, { query: "data" }),
  { name: "shared objects: equality", policy: policy(sharedObjects, "x { r60 == s60 }"), input: "1" },
  { name: "shared objects: union", policy: policy(sharedObjects, "x { object.union(r60, s60) == 1 }"), input: "1" },
  { name: "shared objects: answer", policy: policy(sharedObjects, yes), query: "data.p.r60", input: "1" },
  { name: "shared sets: equality", policy: policy(sharedSets, "x { r60 == s60 }"), input: "1" },
  { name: "shared sets: union", policy: policy(sharedSets, "x := count(r60 | s60)"), input: "1" },

  grown("concat", "input", (t) => `concat("", [${t}, ${t}])`),
  grown("sprintf", "input", (t) => `sprintf("%s%s", [${t}, ${t}])`),
  grown("sprintf of values", "input", (t) => `sprintf("%v", [[${t}, ${t}]])`),
  grown("replace", "input", (t) => `replace(${t}, "a", "aa")`),
  grown("replace of nothing", "input", (t) => `replace(${t}, "", "a")`),
  grown("strings.replace_n", "input", (t) => `strings.replace_n({"a": "aa"}, ${t})`),
  grown("regex.replace", "input", (t) => `regex.replace(${t}, "a", "aa")`),
  grown("base64.encode", "input", (t) => `base64.encode(${t})`),
  grown("hex.encode", "input", (t) => `hex.encode(${t})`),
  grown("urlquery.encode", '"%"', (t) => `urlquery.encode(concat("%", [${t}, ${t}]))`),
  grown("json.marshal", '"\\""', (t) => `json.marshal(${t})`),
  grown("yaml.marshal", "input", (t) => `yaml.marshal([${t}, ${t}])`),
  grown("array.concat", "[input]", (t) => `array.concat(${t}, ${t})`),
  grown("arrays in arrays", "[input]", (t) => `[[y, z] | y := ${t}[_]; z := ${t}[_]]`),
  grown("sets of pairs", "{input, 1, 2}", (t) => `{[y, z] | y := ${t}[_]; z := ${t}[_]}`),
  grown("set union", "{input}", (t) => `${t} | {[y] | y := ${t}[_]}`),
  grown("objects", '{"a": input}', (t) => `object.union(${t}, {sprintf("%s%s", [k, n]): v | v := ${t}[k]; n := [1, 2][_]})`),
  grown("json.patch, which copies into itself", "[input]", (t) =>
    `json.patch(${t}, [{"op": "copy", "from": "", "path": "/-"}, {"op": "copy", "from": "", "path": "/0"}])`,
    "x := count(json.marshal(t60))"),
  grown("json.patch, item after item", "[input]", (t) =>
    `json.patch(${t}, [{"op": "add", "path": "/-", "value": i} | i := ${t}[_]])`),
  grown("numbers", "input2", (t) => `${t} * ${t}`, "input2 := 123456789\n\nx := count(sprintf(\"%d\", [t60]))"),
  grown("split", "input", (t) => `concat("", split(concat("", [${t}, ${t}]), ""))`),
  grown("lower", "input", (t) => `lower(concat("", [upper(${t}), ${t}]))`),
  grown("numbers.range", "[1, 2]", (t) => `numbers.range(1, count(${t}) * 4)`),
  grown("printed lines", "1", (t) => `${t} + count([1 | print(input, numbers.range(1, 100)); numbers.range(1, ${t} * 4)[_]])`, "x := t60"),

  one("regular expression on a long string", 'x := regex.match("(a|aa)+$", concat("", [sprintf("%1000000d", [1]), "b"]))'),
  one("regular expression, nested", `x := regex.match("${nested(500, "(", ")*", "a")}", sprintf("%100000d", [1]))`),
  one("regular expression, counted", 'x := regex.match("((a{1,100}){1,100}){1,100}", "a")'),
  one("regular expressions, many", 'x := count([1 | i := numbers.range(1, 100000)[_]; regex.match(sprintf("(a|%d)*b{50}", [i]), "aaaaaaaaaaaaaaaaaaab")])'),
  one("regex.find_n", 'x := count(regex.find_n("", sprintf("%1000000d", [1]), -1))'),
  one("regex.globs_match", `x := regex.globs_match("${"[a-c]*".repeat(300)}", "${"[b-d]*".repeat(300)}x")`),
  one("glob", `x := glob.match("${"*a".repeat(200)}", [], "${"a".repeat(20000)}b")`),
  one("sprintf with a wide width", 'x := count(sprintf("%65536d%999999d%1000000s", [1, 2, "a"]))'),
  one("sprintf with a long precision", 'x := count(sprintf("%.70000f %.65536e %.65535g %.999999f", [1.5, 1.5, 1.5, 2.5]))'),
  one("sprintf with a precision of zeros", 'x := count(sprintf("%.65536d %.70000x %+.65536v", [1, 1, 1.5]))'),
  one("sprintf with stars", 'x := count(sprintf("%*d%-*d%.*f", [65536, 1, 70000, 2, 66000, 1.5]))'),
  one("sprintf with many wide widths", `x := count(sprintf("${"%999999d".repeat(3000)}", [1 | numbers.range(1, 3000)[_]]))`),
  one("numbers.range", "x := count(numbers.range(1, 10000000000))"),
  one("numbers.range of ranges", "x := count([1 | numbers.range(1, 100000)[_]; numbers.range(1, 100000)[_]])"),
  one("loops in loops", "x := count([1 | a := numbers.range(1, 1000)[_]; b := numbers.range(1, 1000)[_]; c := numbers.range(1, 1000)[_]; a + b == c])"),
  one("every", "x { count({y | y := numbers.range(1, 3000)[_]; not z(y)}) == 0 }\n\nz(y) { count([1 | numbers.range(1, 3000)[_] == y]) == 1 }"),
  one("long strings compared", 'x := count([1 | a := sprintf("%1000000d1", [1]); numbers.range(1, 1000000)[_]; a == sprintf("%1000000d2", [1])])'),
  one("long strings searched", 'x := count([1 | a := sprintf("%1000000d", [1]); numbers.range(1, 100000)[_]; contains(a, "b")])'),
  one("long strings, searched with long ones", 'x := contains(sprintf("%01000000d", [0]), sprintf("%0500000d1", [0]))'),
  one("long strings counted", 'x := count([1 | a := sprintf("%1000000d", [1]); numbers.range(1, 100000)[_]; count(a) == 1])'),
  one("long strings as JSON", 'x := count([1 | a := sprintf("%1000000d", [1]); numbers.range(1, 100000)[_]; json.is_valid(a)])'),
  one("long strings hashed", 'x := count([1 | a := sprintf("%1000000d", [1]); numbers.range(1, 100000)[_]; crypto.sha256(a) == "b"])'),
  one("long arrays compared", "x := count([1 | a := numbers.range(1, 100000); b := numbers.range(1, 100000); numbers.range(1, 100000)[_]; a == b])"),
  one("long arrays summed", "x := count([1 | a := numbers.range(1, 100000); numbers.range(1, 100000)[_]; sum(a) == 1])"),
  one("long arrays searched", "import future.keywords.in\n\nx := count([1 | a := numbers.range(1, 100000); numbers.range(1, 100000)[_]; 0 in a])"),
  one("long sets subtracted", "x := count([1 | a := {y | y := numbers.range(1, 100000)[_]}; numbers.range(1, 100000)[_]; a - {1} == set()])"),
  one("large graph", "x := count(graph.reachable_paths({i: numbers.range(1, 30) | i := numbers.range(1, 30)[_]}, {1}))"),
  one("graph reached often", "x := count([1 | g := {i: numbers.range(1, 300) | i := numbers.range(1, 300)[_]}; numbers.range(1, 10000)[_]; graph.reachable(g, {1}) == set()])"),
  one("addresses", 'x := count(net.cidr_expand("0.0.0.0/0"))'),
  one("addresses merged", 'x := count(net.cidr_merge([sprintf("10.%d.%d.0/25", [a, b]) | a := numbers.range(0, 255)[_]; b := numbers.range(0, 255)[_]]))'),
  one("bits", "x := bits.lsh(1, 4000000000)"),
  one("large numbers", "x := count([1 | a := bits.lsh(1, 100000); numbers.range(1, 100000)[_]; a * a == 1])"),
  one("numbers with large exponents", "x := 1e400000000 + 1"),
  one("format_int of a large number", "x := count([1 | a := bits.lsh(1, 100000); numbers.range(1, 100000)[_]; format_int(a, 10) == 1])"),
  one("ceil of a large number", "x := ceil(1e9999999)"),
  one("to_number of digits", 'x := count([1 | a := sprintf("1%01000000d", [1]); numbers.range(1, 10000)[_]; to_number(a) == 1])'),
  one("json.unmarshal, deep", `x := json.unmarshal(concat("", [replace(sprintf("%0100000d", [0]), "0", "["), ""]))`),
  one("yaml.unmarshal, deep", `x := yaml.unmarshal(concat("", [replace(sprintf("%0100000d", [0]), "0", "["), ""]))`),
  one("yaml.unmarshal of aliases", `x := count(json.marshal(yaml.unmarshal("a: &a [1,1,1,1,1,1,1,1,1,1]\\n${row(30, (i) => `a${i}: &b${i} [*${i === 0 ? "a" : `b${i - 1}`},*${i === 0 ? "a" : `b${i - 1}`},*${i === 0 ? "a" : `b${i - 1}`}]`).replaceAll("\n", "\\n")}")))`),
  one("deep value", `r0 := [input]\n\n${row(20000, (i) => `r${i + 1} := [r${i}]`)}\n\nx { r20000 == [[1]] }`),
  one("deep values compared", `${["r", "s"].map((n) => `${n}0 := [input]\n\n${row(5000, (i) => `${n}${i + 1} := [${n}${i}]`)}`).join("\n\n")}\n\nx { r5000 == s5000 }`),
  one("deep value printed", `r0 := [input]\n\n${row(5000, (i) => `r${i + 1} := [r${i}]`)}\n\nx := count(sprintf("%v", [r5000]))`),
  one("deep value as answer", `r0 := [input]\n\n${row(5000, (i) => `r${i + 1} := [r${i}]`)}\n\nx := r5000`),
  one("deep value walked", `r0 := [input]\n\n${row(5000, (i) => `r${i + 1} := [r${i}]`)}\n\nx := count([1 | walk(r5000)])`),
  one(
    "deep value by json.patch",
    `d0 := json.unmarshal("${nested(400)}")\n\nq0 := [0 | numbers.range(1, 400)[_]]\n\n${row(14, (i) => `d${i + 1} := json.patch(d${i}, [{"op": "replace", "path": q${i}, "value": d${i}}])\n\nq${i + 1} := array.concat(q${i}, q${i})`)}\n\nx { d14 == json.patch(d13, []) }`,
  ),
  one("lines printed", 'x := count([1 | numbers.range(1, 1000000)[_]; print("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")])'),
  one("long lines printed", 'x := count([1 | a := sprintf("%1000000d", [1]); numbers.range(1, 10000)[_]; print(a)])'),
  one("many solutions", yes, { query: "numbers.range(1, 3000)[a]; numbers.range(1, 3000)[b]" }),
  one("time", 'x := count([1 | i := numbers.range(1, 1000000)[_]; time.parse_rfc3339_ns("2020-01-01T00:00:00Z") == i])'),
  one("UUIDs of a long string", 'x := count([1 | a := sprintf("%1000000d", [1]); numbers.range(1, 10000)[_]; uuid.parse(a) == 1])'),
  one("product of many numbers", "x := product([9 | numbers.range(1, 300000)[_]])"),
  one("times by a long layout", `x := count([1 | i := numbers.range(1, 1000000)[_]; time.parse_ns("${"2006 ".repeat(1000)}", "${"2006 ".repeat(1000)}") == i])`),
  one("times in a long layout", `x := count([1 | i := numbers.range(1, 1000000)[_]; time.format([i, "UTC", "${"Monday ".repeat(1000)}"]) == ""])`),
  one("semver of many parts", `x := count([1 | i := numbers.range(1, 1000000)[_]; semver.compare("1.0.0-${"1.".repeat(5000)}1", "1.0.0-${"1.".repeat(5000)}2") == i])`),
  template("doubles a string", "{{$x := .a}}" + "{{$x = print $x $x}}".repeat(60)),
  template("compares long strings", "{{range 1000000000}}{{$x := eq $.long $.long}}{{end}}"),
  template("escapes long strings", "{{range 1000000000}}{{$x := html $.long}}{{end}}"),
  template("copies long arrays", "{{range 1000000000}}{{$x := slice $.list 0}}{{end}}"),
  one("semver of a long string", 'x := semver.compare(sprintf("1.0.0-%0500000d", [1]), sprintf("1.0.0-%0500000d", [2]))'),
];

/** What grows when it is read or compiled. */
export const compiled: readonly Hostile[] = [
  one("1,000 assignments", `x {\n${row(1000, (i) => `\tv${i} := ${i}`)}\n}`),
  one("10,000 assignments", `x {\n${row(10000, (i) => `\tv${i} := ${i}`)}\n}`),
  one("3,000 assignments, each of the one before", `x {\n\tv0 := 1\n${row(3000, (i) => `\tv${i + 1} := v${i}`)}\n}`),
  one("3,000 unifications, last first", `x {\n${row(3000, (i) => `\tv${i} = v${i + 1}`)}\n\tv3000 = 1\n}`),
  one("3,000 unifications in a chain of arrays", `x {\n${row(3000, (i) => `\t[v${i}, 1] = [v${i + 1}, 1]`)}\n\tv3000 = 1\n}`),
  one("3,000 comprehensions in a body", `x {\n${row(3000, (i) => `\tv${i} := [y | y := input[_]; y != ${i}]`)}\n}`),
  one("3,000 calls in a body", `x {\n${row(3000, (i) => `\tcontains(input, lower(sprintf("%d", [${i}])))`)}\n}`),
  one("3,000 negations in a body", `x {\n${row(3000, (i) => `\tnot input.a${i} == ${i}`)}\n}`),
  one("3,000 prints in a body", `x {\n${row(3000, (i) => `\tprint("a", ${i}, input)`)}\n}`),
  one("3,000 variables by some", `x {\n${row(3000, (i) => `\tsome v${i}\n\tv${i} = input[_]`)}\n}`),
  one("3,000 replacements", `x {\n${row(3000, (i) => `\tinput.a == ${i} with input.a as ${i}`)}\n}`),
  one("3,000 unsafe variables", `x {\n${row(3000, (i) => `\tv${i} > ${i}`)}\n}`),
  one("chain of 20,000 rules", `r0 := input\n\n${row(20000, (i) => `r${i + 1} := r${i}`)}\n\nx := r20000`),
  one("chain of 5,000 rules", `r0 := input\n\n${row(5000, (i) => `r${i + 1} := r${i}`)}\n\nx := r5000`),
  one("chain of 5,000 functions", `f0(y) := y\n\n${row(5000, (i) => `f${i + 1}(y) := f${i}(y)`)}\n\nx := f5000(1)`),
  one("circle of 3,000 rules", `r0 := r3000\n\n${row(3000, (i) => `r${i + 1} := r${i}`)}\n\nx := r1`),
  one("300 rules that depend on all others", `${row(300, (i) => `r${i} := [${row(300, (j) => (j < i ? `r${j}` : "1")).replaceAll("\n", ", ")}]`)}\n\nx := count(r299)`),
  one("types that double", `r0 := input.a\n\n${row(60, (i) => `r${i + 1} := [r${i}, r${i}]`)}\n\nx := r60.a`),
  one("types that double, of objects", `${row(60, (i) => `r${i + 1} := {"a": r${i}, "b": r${i}}`)}\n\nr0 := 1\n\nx := r60.a.b.c`),
  one("types of many kinds", `${row(2000, (i) => `r := {"a${i}": ${i}} { input == ${i} }`)}\n\nx := r.b`),
  one("union of growing types", `${row(300, (i) => `r${i + 1} := r${i} { input }\n\nr${i + 1} := [r${i}] { not input }`)}\n\nr0 := 1\n\nx := r300`),
  one("reference of 7,000 parts", `x := input${".a".repeat(7000)}`),
  one("reference of 7,000 variables", `x := count([1 | input${row(7000, (i) => `[v${i}]`).replaceAll("\n", "")}])`),
  one("reference of 500 parts", `x := input${".a".repeat(500)}`),
  one("reference of 100,000 parts", `x := input${".a".repeat(100000)}`),
  one("10,000 calls in one reference", `x := input.a${"(1)[0]".repeat(10000)}`),
  one("rule of 7,000 parts", `r${".a".repeat(7000)} := 1\n\nx := r${".a".repeat(7000)}`),
  { name: "package of 7,000 parts", policy: `package p${".a".repeat(7000)}\n\nx := 1\n`, query: `data.p${".a".repeat(7000)}.x` },
  one("reference in references", `x := ${nested(190, "input[", "]", "input")}`),
  one("20,000 operators", `x := ${"1 + ".repeat(20000)}1`),
  one("20,000 alternatives", `x := ${"{1} | ".repeat(20000)}{2}`),
  one("20,000 comparisons", `x {\n\t${"1 == ".repeat(20000)}1\n}`),
  one("400 operators, 400 times", row(400, (i) => `x${i} := ${"1 + ".repeat(400)}1`)),
  one("nested arrays of 310 kB", `x := [${row(1000, () => nested(150)).replaceAll("\n", ",")}]`),
  one("nested sets of 310 kB", `x := [${row(1000, () => nested(150, "{", "}")).replaceAll("\n", ",")}]`),
  one("nested objects", `x := [${row(500, () => nested(150, '{"a":', "}")).replaceAll("\n", ",")}]`),
  one("nested parentheses", `x := [${row(500, () => nested(150, "(", ")")).replaceAll("\n", ",")}]`),
  one("nested calls", `x := [${row(300, () => nested(150, "lower(", ")", '"a"')).replaceAll("\n", ",")}]`),
  one("nested comprehensions", `x := [${row(100, () => nested(60, "[y | y := ", "]")).replaceAll("\n", ",")}]`),
  one("nested deeper than the bound", `x := ${nested(100000)}`),
  one("nested bodies", `x { ${"not [1 | ".repeat(150)}1${"][0]".repeat(150)} }`),
  one("open brackets", `x := ${"[{".repeat(50000)}`),
  one("else of 10,000", `x := 0 { input == 0 }\n${row(10000, (i) => `else := ${i} { input == ${i} }`)}`),
  one("rules of one name", `${row(20000, (i) => `r := ${i} { input == ${i} }`)}\n\nx := r`),
  one("elements of a set", `${row(20000, (i) => `r[${i}] { input != ${i} }`)}\n\nx := count(r)`),
  one("functions of one name", `${row(5000, (i) => `f(${i}) := ${i}`)}\n\nx := f(1)`),
  one("rules of an object", `${row(5000, (i) => `r.a${i} := ${i}`)}\n\nx := count(r)`),
  one("array of 100,000 items", `x := count([${row(100000, (i) => String(i)).replaceAll("\n", ",")}])`),
  one("object of 50,000 keys", `x := count({${row(50000, (i) => `"a${i}": ${i}`).replaceAll("\n", ",")}})`),
  one("object of 5,000 variables", `x := count({${row(5000, (i) => `"a${i}": input.a${i}`).replaceAll("\n", ",")}})`),
  one("string of a megabyte", `x := count("${"a".repeat(1000000)}")`),
  one("number of a megabyte", `x := ${"1".repeat(1000000)}`),
  one("comment of a megabyte", `# ${"a".repeat(1000000)}\nx := 1`),
  one("100,000 comments", `${row(100000, () => "# a")}\nx := 1`),
  one("5,000 imports", `${row(5000, (i) => `import data.a${i}`)}\n\nx := 1`),
  one("20,000 problems", `x {\n${row(20000, () => "\t:= 1")}\n}`),
  one("20,000 undefined functions", `x {\n${row(20000, (i) => `\tf${i}(1)`)}\n}`),
  one("20,000 undefined functions of one line", `x { ${row(20000, (i) => `f${i}(1)`).replaceAll("\n", "; ")} }`),
  one("METADATA of a megabyte", `# METADATA\n# title: a\n# custom:\n${row(50000, (i) => `#   a${i}: ${i}`)}\nx := 1`),
  one("METADATA of one key", `# METADATA\n# title: a\n# custom:\n${row(20000, () => `#   a: 1`)}\nx := 1`),
  one("METADATA, nested", `# METADATA\n# custom: ${nested(5000)}\nx := 1`),
  one("template string of 5,000 parts", `x := $"${row(5000, (i) => `{input.a${i}}`).replaceAll("\n", "")}"`, {
    args: ["--v1-compatible"],
  }),
  one("query of 20,000 operators", yes, { query: `${"1 + ".repeat(20000)}1` }),
  one("query of 3,000 assignments", yes, { query: row(3000, (i) => `v${i} := ${i}`).replaceAll("\n", "; ") }),
];
