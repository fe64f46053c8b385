import { fstatSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { InvalidArgumentsError, ReportedError } from "../components/validation";
import { acceptNull } from "./arguments";
import { provider } from "./plugin";
import { registerProviders } from "./providers";

/**
 * Serves the components to the Pulumi engine. The SDK shows each rejection that nobody handles, with its stack; those of invalid
 * arguments are part of the response to the engine already.
 */
async function main(): Promise<void> {
  acceptNull();
  registerProviders();
  await pulumi.provider.main(provider, process.argv.slice(2));
  endWithEngine();
  const handlers = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (reason, promise) => {
    if (!(reason instanceof InvalidArgumentsError || reason instanceof ReportedError)) {
      handlers.forEach((handle) => {
        handle(reason, promise);
      });
    }
  });
}

/** The engine holds the other end of stdin, which closes when the engine ends, however it ends. */
function endWithEngine(): void {
  if (fstatSync(0).isFIFO()) {
    process.stdin.resume().on("end", () => process.exit());
  }
}

void main();
