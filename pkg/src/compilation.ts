let prepare: () => void = () => undefined;

/** Calls `work` before a module is compiled. @internal */
export function beforeCompiling(work: () => void): void {
  prepare = work;
}

/**
 * The module of these bytes. A thread of its own would take longer, for most functions aren't compiled before they are
 * called.
 */
export function compiled(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  prepare();
  return new WebAssembly.Module(bytes);
}

/** The same by other threads: a large module keeps nobody waiting. */
export function compiledAside(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  prepare();
  return WebAssembly.compile(bytes);
}
