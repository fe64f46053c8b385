import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Gate } from "../../provider/components/validation";
import { mockEngine } from "./mocks";

/** What a gate fails with, or undefined when it opens. */
export function reasonOf(gate: Gate): Promise<string | undefined> {
  return gate.then(
    () => undefined,
    (error: unknown) => {
      assert.ok(error instanceof pulumi.ResourceError);
      return error.message;
    },
  );
}

/**
 * Lets the tests of the describe block that this is called in close gates: what waits behind a closed one fails, too, and
 * would be an error of the whole run.
 */
export function closingGates(): void {
  const ignore = () => undefined;
  let others: NodeJS.UnhandledRejectionListener[];

  beforeEach(async () => {
    others = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection").on("unhandledRejection", ignore);
    await mockEngine();
  });

  afterEach(async () => {
    // Let what is rejected now be rejected before others listen again.
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", ignore);
    others.forEach((listener) => process.on("unhandledRejection", listener));
  });
}
