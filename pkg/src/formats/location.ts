/** Elsewhere, a folder may have the name of a drive. */
const isWindows = (globalThis as { readonly process?: { readonly platform?: string } }).process?.platform === "win32";

/** A path of the report as a relative reference of a URI: no part of it is read as a scheme, a query or a fragment. */
export function uriOf(path: string): string {
  const parts = path.split("/").map((part) => encodeURIComponent(part.replace(/\p{Surrogate}/gu, "\ufffd")));
  // `//host` would name a server; on Windows, `C:` is a drive, and written as in a URI of a file.
  if (isWindows && /^[a-z]%3A$/i.test(parts[0] ?? "")) return `file:///${parts.join("/").replace("%3A", ":")}`;
  return path.startsWith("/") ? `file://${parts.join("/")}` : parts.join("/");
}
