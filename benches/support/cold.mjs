// cold.mjs FILE: prints the milliseconds from the import of the package to the first report.
import { readFileSync } from "node:fs";

const text = readFileSync(process.argv[2], "utf8");
const start = performance.now();
const { createGuard } = await import("harness-image-guard");
const imported = performance.now();
const guard = await createGuard();
const made = performance.now();
guard.check([{ path: "pipeline.yaml", text }]);
const end = performance.now();
console.log(JSON.stringify({ import: imported - start, load: made - imported, check: end - made, total: end - start }));
