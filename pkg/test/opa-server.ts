import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** A real OPA of one version, where this machine has it: `opa-1.22` or `opa`, in the search path or Go's folder. */
export function opaOf(version: "0.70" | "1.22"): string | undefined {
  const go = join(process.env["GOPATH"] ?? join(homedir(), "go"), "bin");
  const candidates = [`opa-${version}`, "opa"].flatMap((name) => [name, join(go, name)]);
  return candidates.find((program) => {
    const { stdout, status } = spawnSync(program, ["version"], { encoding: "utf8" });
    return status === 0 && stdout.startsWith(`Version: ${version}.`);
  });
}

/** Starts `opa run --server` on a free port; its address. */
export async function opaServer(t: Pick<TestContext, "after">, opa: string, args: readonly string[], folder: string): Promise<string> {
  const port = await freePort();
  const child = spawn(opa, ["run", "--server", "--addr", `127.0.0.1:${port}`, "--log-level", "error", ...args], { cwd: folder, stdio: "ignore" });
  const ended = once(child, "exit");
  t.after(async () => {
    child.kill();
    await ended;
  });
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await fetch(`${url}/health`).then(({ ok }) => ok, () => false)) return url;
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("OPA's server doesn't start");
}

/** A port at which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
