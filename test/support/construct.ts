import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { InvalidArgumentsError, ReportedError } from "../../provider/components/validation";
import { constructCluster } from "../../provider/languages/construct";
import { ProblemsError } from "../../provider/languages/problems";
import { codesAndPathsIn } from "../components/reports";
import { mockEngine } from "./mocks";

type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A cluster without servers of this machine. */
export const SERVERS = { target: "docker", image: "nats:2.15.2" };

/** Returns the outputs of a component, once all of them are known. */
export async function outputsOf({ state }: { readonly state: pulumi.Inputs }): Promise<Outputs> {
  return new Promise((resolve) => {
    pulumi.output(state).apply((known) => {
      resolve(known);
    });
  });
}

/** Returns the codes and paths of the problems of a cluster, or of another component. */
export async function problems(args: object, construct = constructCluster): Promise<string[]> {
  const error: unknown = await construct("nats", args as pulumi.Inputs, {}).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ProblemsError, String(error));
  return codesAndPathsIn(error.message).sort();
}

/** Mocks the engine in each test of a suite, and ignores rejections as the plugin does. */
export function asInPlugin(): void {
  const handlers = process.listeners("unhandledRejection");
  beforeEach(mockEngine);
  before("as in the plugin", () => {
    process.removeAllListeners("unhandledRejection");
    process.on("unhandledRejection", (reason, promise) => {
      if (!(reason instanceof InvalidArgumentsError || reason instanceof ReportedError)) {
        handlers.forEach((handle) => {
          handle(reason, promise);
        });
      }
    });
  });
  after(() => {
    process.removeAllListeners("unhandledRejection");
    handlers.forEach((handle) => process.on("unhandledRejection", handle));
  });
}
