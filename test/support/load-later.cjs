"use strict";

/**
 * Lets Pulumi's SDK load two packages when it uses them: only to serialize functions, which no program of the tests does.
 * Loading them takes half of the time in which the SDK loads.
 */
const Module = require("node:module");

const LATER = ["@npmcli/arborist", "typescript"];

const load = Module._load;
Module._load = function (request, ...rest) {
  if (!LATER.includes(request)) return load.call(this, request, ...rest);
  const get = (_target, name) => (name === "__esModule" ? true : load.call(this, request, ...rest)[name]);
  return new Proxy({}, { get });
};
