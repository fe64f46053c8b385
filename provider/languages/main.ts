import * as pulumi from "@pulumi/pulumi";
import { InvalidArgumentsError, ReportedError } from "../components/validation";
import { provider } from "./plugin";

/**
 * Serves the components to the Pulumi engine. The SDK shows each rejection that nobody handles, with its stack; those of invalid
 * arguments are part of the response to the engine already.
 */
async function main(): Promise<void> {
  await pulumi.provider.main(provider, process.argv.slice(2));
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

void main();
