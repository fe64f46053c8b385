"use strict";

/**
 * What both hosts of a command do: before each command they get its variables and its folder, and they end with the process
 * that started them.
 */
const { flushCompileCache } = require("node:module");
require("./load-later.cjs");

let commands = 0;

process.on("message", ({ folder, env }) => {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(folder);
  // After the first command, keeps compiled code for the next process, since this one is killed in the end.
  commands += 1;
  if (commands === 2) flushCompileCache?.();
  process.send("ready");
});
process.on("disconnect", () => process.exit());
