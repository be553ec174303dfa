// Loaded before a program (`node --require`): when it ends, the milliseconds of processor time that it took are written
// to the file that SPENT names.
const { writeFileSync } = require("node:fs");

process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  writeFileSync(process.env.SPENT, String((user + system) / 1000));
});
