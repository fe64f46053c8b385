"use strict";

/**
 * Stops a process right after a named step, so that it can be killed there: tests preload this file into the processes of
 * a Pulumi command by NODE_OPTIONS. The package does not know of it.
 *
 * A step is a call of a handler of a resource, such as `update cluster-configuration`, or of a server, such as
 * `put static`, or a request to JetStream that makes a server leave, `move streams` or `remove member`, or `register components`:
 * components are in the state, and nothing inside of them is registered. When it has come to its end, its name is written to a file, and
 * the process does nothing more.
 */
const { writeFileSync } = require("node:fs");
const Module = require("node:module");
const { basename, join, sep } = require("node:path");
require("./load-later.cjs");

const { NATS_AUTH_TEST_STEP: wanted, NATS_AUTH_TEST_STEP_FILE: file } = process.env;

const HANDLER = ["create", "update", "delete"];
const SERVER = ["try", "put", "start", "reload", "stop", "removeRemains"];

function stopHere() {
  // A process that is killed does not keep what it has compiled.
  Module.flushCompileCache?.();
  writeFileSync(file, wanted);
  const forever = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  Atomics.wait(forever, 0, 0);
}

/** Stops the process after calls of methods, where `name` gives a call the name that is wanted. */
function watch(object, methods, name) {
  for (const method of methods) {
    const original = object[method];
    if (typeof original !== "function") continue;
    object[method] = async function (...args) {
      const result = await original.apply(this, args);
      if (name(method, this, args) === wanted) stopHere();
      return result;
    };
  }
}

/** The steps that are requests to JetStream, by the beginning of their subjects. */
const REQUESTS = { "$JS.API.ACCOUNT.STREAM.MOVE.": "move streams", "$JS.API.SERVER.REMOVE": "remove member" };

function requestName(subject) {
  return Object.entries(REQUESTS).find(([prefix]) => subject.startsWith(prefix))?.[1];
}

function isServer(value) {
  return typeof value === "function" && typeof value.prototype?.put === "function" && "predecessors" in value.prototype;
}

/** How long no component has been registered when all of them are, in milliseconds. */
const QUIET = 500;

/** Holds the registrations of resources that are not components, and stops the process when the components are registered. */
function holdResources({ prototype }) {
  const { registerResource } = prototype;
  let pending = 0;
  let timer;
  prototype.registerResource = function (request, ...args) {
    if (request.getCustom()) return undefined;
    const callback = args.pop();
    pending += 1;
    clearTimeout(timer);
    return registerResource.call(this, request, ...args, (...result) => {
      callback(...result);
      pending -= 1;
      if (pending === 0) timer = setTimeout(stopHere, QUIET);
    });
  };
}

const load = Module._extensions[".js"];
Module._extensions[".js"] = function (module, filename) {
  load(module, filename);
  if (wanted === "register components" && filename.endsWith(join("proto", "resource_grpc_pb.js"))) {
    holdResources(module.exports.ResourceMonitorClient);
  }
  if (!filename.includes(`${sep}dist${sep}`) || filename.includes(`${sep}node_modules${sep}`)) return;
  for (const [key, value] of Object.entries(module.exports)) {
    if (isServer(value) && !Object.hasOwn(value, "watched")) {
      value.watched = true;
      watch(value.prototype, SERVER, (method, server) => `${method} ${server.name}`);
    }
    if (key === "SystemClient") {
      watch(value.prototype, ["request"], (_method, _client, [subject]) => requestName(subject));
    }
    if (key === "provider" && typeof value?.create === "function") {
      watch(value, HANDLER, (method) => `${method} ${basename(filename, ".js")}`);
    }
  }
};
