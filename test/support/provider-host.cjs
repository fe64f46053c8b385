"use strict";

/**
 * Serves the dynamic resources of test stacks for one command after the other: loads Pulumi's own provider, which starts at
 * once and prints its port.
 */
require("./command-host.cjs");
const { Server } = require("@grpc/grpc-js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb");

// The engine tells a provider that it did not start where the engine is, which Pulumi's provider need not know.
const { addService } = Server.prototype;
Server.prototype.addService = function (service, handlers) {
  handlers.attach = (_call, answer) => answer(undefined, new Empty());
  return addService.call(this, service, handlers);
};

// The engine's address, which only commands have.
process.argv[2] = "";
require("@pulumi/pulumi/cmd/dynamic-provider");
