// busy.mjs BENCHMARK: runs a benchmark while other processes keep all cores busy.
import { spawn, spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

const [benchmark] = process.argv.slice(2);
const others = Array.from({ length: availableParallelism() }, () => spawn(process.execPath, ["-e", "for (;;);"]));
try {
  console.log(`\nWith ${others.length} other processes that keep the cores busy:`);
  const { status } = spawnSync(process.execPath, [benchmark], { stdio: "inherit" });
  process.exitCode = status ?? 1;
} finally {
  for (const other of others) other.kill();
}
