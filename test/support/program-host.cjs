"use strict";

/**
 * Runs the programs of test stacks for one command after the other. Serves the engine as the Automation API does for inline
 * programs, and prints its port. Pulumi's SDK and the package stay loaded between commands, which halves the time of a
 * command; the program itself, in the current folder, is loaded again for each.
 */
require("./command-host.cjs");
require("./without-stack-traces.cjs");
const { Server, ServerCredentials } = require("@grpc/grpc-js");
const { LanguageServer } = require("@pulumi/pulumi/automation/server");
const { LanguageRuntimeService } = require("@pulumi/pulumi/proto/language_grpc_pb");
const { grpcChannelOptions } = require("@pulumi/pulumi/runtime/settings");

async function program() {
  const folder = process.cwd();
  for (const file of Object.keys(require.cache)) if (file.startsWith(`${folder}/`)) delete require.cache[file];
  const exported = require(folder);
  return typeof exported === "function" ? exported() : exported;
}

const server = new Server(grpcChannelOptions);
server.addService(LanguageRuntimeService, new LanguageServer(program));
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
