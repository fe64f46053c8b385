import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { ServerWritableStream } from "@grpc/grpc-js";
import { RunPluginResponse } from "@pulumi/pulumi/proto/language_pb";
import type { RunPluginRequest } from "@pulumi/pulumi/proto/language_pb";

/**
 * Runs a plugin whose folder has a `PulumiPlugin.yaml`, as the original host does: with the SDK's `cmd/run-plugin` in a child process.
 * Streams its output to the engine, and its exit code at the end. The plugin ends when the engine cancels the call.
 */
export function runPlugin(call: ServerWritableStream<RunPluginRequest, RunPluginResponse>): void {
  const { request } = call;
  const folder = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
  const runner = createRequire(join(folder, "plugin.js")).resolve("@pulumi/pulumi/cmd/run-plugin");
  const child = spawn(process.execPath, [runner, folder, ...request.getArgsList()], {
    cwd: request.getPwd(),
    env: Object.fromEntries(request.getEnvList().map(splitVariable)),
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.on("data", (text: Uint8Array) => call.write(new RunPluginResponse().setStdout(text)));
  child.stderr.on("data", (text: Uint8Array) => call.write(new RunPluginResponse().setStderr(text)));
  call.on("cancelled", () => child.kill("SIGKILL"));
  child.once("error", (error) => call.destroy(error));
  child.once("close", (code) => {
    call.write(new RunPluginResponse().setExitcode(code ?? 1));
    call.end();
  });
}

function splitVariable(text: string): [string, string] {
  const [name = "", ...value] = text.split("=");
  return [name, value.join("=")];
}
