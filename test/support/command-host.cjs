"use strict";

/**
 * What both hosts of a command do: before each command they get its variables and its folder, and they end with the process
 * that started them.
 */
const Module = require("node:module");

/** Pulumi's SDK needs these only to serialize functions, which takes half of its time to load. They are loaded when used. */
const LATER = ["@npmcli/arborist", "typescript"];

const load = Module._load;
Module._load = function (request, ...rest) {
  if (!LATER.includes(request)) return load.call(this, request, ...rest);
  const get = (_target, name) => (name === "__esModule" ? true : load.call(this, request, ...rest)[name]);
  return new Proxy({}, { get });
};

process.on("message", ({ folder, env }) => {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(folder);
  // Keeps compiled code for the next process, since this one is killed in the end.
  Module.flushCompileCache?.();
  process.send("ready");
});
process.on("disconnect", () => process.exit());
