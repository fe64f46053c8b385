/**
 * A replacement for Pulumi's Node.js language host, for machines where the release cannot be downloaded. It serves the same
 * protocol with the SDK's generated code, and runs programs as the original does: with the SDK's `cmd/run` in a child
 * process. The engine passes its address as the last argument and reads the port from the first line of stdout.
 */
import { Server, ServerCredentials, status } from "@grpc/grpc-js";
import type { sendUnaryData, ServerUnaryCall, ServerWritableStream } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as language from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import sdk from "@pulumi/pulumi/package.json";
import { runPlugin } from "./plugin";
import { cancelPrograms, runProgram } from "./program";

type Handler<Request, Response> = (call: ServerUnaryCall<Request, Response>, reply: sendUnaryData<Response>) => void;

/** Returns a method with a constant response. */
function answer<Request, Response>(make: () => Response): Handler<Request, Response> {
  return (_call, reply) => {
    reply(null, make());
  };
}

function main(): void {
  const engine = process.argv.at(-1) ?? "";
  const run: Handler<language.RunRequest, language.RunResponse> = (call, reply) => {
    runProgram(call.request, engine).then(
      (response) => {
        reply(null, response);
      },
      (error: unknown) => {
        reply({ code: status.INTERNAL, details: String(error) });
      },
    );
  };
  const cancel: Handler<Empty, Empty> = (_call, reply) => {
    cancelPrograms();
    reply(null, new Empty());
  };
  const server = new Server();
  // Other methods respond with "unimplemented". Updates, plugins and `packages` need none of them; `pulumi package add` does.
  server.addService(LanguageRuntimeService, {
    handshake: answer(() => new language.LanguageHandshakeResponse()),
    getRequiredPlugins: answer(() => new language.GetRequiredPluginsResponse()),
    getRequiredPackages: answer(() => new language.GetRequiredPackagesResponse()),
    getProgramDependencies: answer(() => new language.GetProgramDependenciesResponse()),
    getPluginInfo: answer(() => new PluginInfo().setVersion(sdk.version)),
    about: answer(() => new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
    // Plugins of this checkout have their dependencies.
    installDependencies: (call: ServerWritableStream<language.InstallDependenciesRequest, unknown>) => {
      call.end();
    },
    run,
    runPlugin,
    cancel,
  });
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) throw error;
    console.log(port);
  });
  stopWithEngine();
}

/** Exits with the engine, which holds the other end of stdin: it closes when the engine ends, however it ends. */
function stopWithEngine(): void {
  const stop = () => {
    cancelPrograms();
    process.exit(1);
  };
  process.stdin.resume().on("end", stop).on("error", stop);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
}

main();
