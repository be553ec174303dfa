import type { Route } from "./route.js";

/** What somebody sees who opens the server in a browser. */
export function page(routes: readonly Route[]): string {
  const rows = routes.map(({ method, path, scope, operation }) => `<tr><td><code>${method} ${path}</code><td>${operation.summary}<td>${scope === undefined ? "" : `<code>${scope}</code>`}\n`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>harness-image-guard</title>
<style>body { font: 1rem/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem } td { padding: 0 1rem 0 0; vertical-align: top } pre { background: #8882; padding: 1rem; overflow: auto }</style>
<h1>harness-image-guard</h1>
<p>Says where the images of Harness pipelines come from, and whether that is allowed.</p>
<table>
<tr><th align="left">route<th align="left">what it does<th align="left">scope of the token
${rows.join("")}</table>
<pre>curl --data-binary @pipeline.yaml -H 'Content-Type: application/yaml' -H 'Accept: text/plain' HOST/v1/check</pre>
<p><a href="openapi.json">openapi.json</a> describes all of it for programs.</p>
</html>
`;
}
