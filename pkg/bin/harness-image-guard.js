#!/usr/bin/env node
// Stands here and not in dist/, so that npm can link it before the first build. It is CommonJS, and so is what most
// people run: Node starts its loader of ES modules only where one is imported.
"use strict";
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const check = join(__dirname, "../dist/check.cjs");
if (process.argv[2] === "check" && existsSync(check)) require(check).start();
else import("../dist/cli/main.js").then(({ start }) => start());
