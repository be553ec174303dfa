#!/usr/bin/env node
// Stands here and not in dist/, so that npm can link it before the first build.
import "../dist/cli/main.js";
