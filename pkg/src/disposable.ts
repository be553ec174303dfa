/** Lets `using` give back what a class holds, on the hosts that know `Symbol.dispose`. */
export function disposable(of: { readonly prototype: Disposable & { dispose(): void } }): void {
  if (typeof Symbol.dispose !== "symbol") return;
  of.prototype[Symbol.dispose] = of.prototype.dispose;
}
