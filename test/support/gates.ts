import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Gate } from "../../provider/components/validation";
import { mockEngine } from "./mocks";

/** Returns the error message of a gate, or undefined when it opens. */
export function reasonOf(gate: Gate): Promise<string | undefined> {
  return gate.then(
    () => undefined,
    (error: unknown) => {
      assert.ok(error instanceof pulumi.ResourceError);
      return error.message;
    },
  );
}

/** Milliseconds in which everything that waits for a closed gate has failed. */
const SETTLED = 20;

/**
 * Runs something in which gates may close. Resources that wait for a closed gate fail as well, which would end the process.
 */
export async function allowingClosedGates<T>(use: () => Promise<T>): Promise<T> {
  const ignore = () => undefined;
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", ignore);
  try {
    return await use();
  } finally {
    // Wait for pending registrations and rejections before the other listeners are restored.
    await pulumi.runtime.disconnect().catch(ignore);
    await new Promise((resolve) => setTimeout(resolve, SETTLED));
    process.off("unhandledRejection", ignore);
    others.forEach((listener) => process.on("unhandledRejection", listener));
  }
}

/**
 * Allows closed gates in the tests of the calling describe block. Resources that wait for a closed gate fail as well, which
 * would fail the whole run.
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
    // Wait for pending rejections before the other listeners are restored.
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", ignore);
    others.forEach((listener) => process.on("unhandledRejection", listener));
  });
}

/**
 * Collects the rejections that nothing handles in the tests of the calling describe block, after those that
 * {@link closingGates} allows. Each test begins with none.
 */
export function collectRejections(): unknown[] {
  const rejections: unknown[] = [];
  const collect = (reason: unknown) => rejections.push(reason);

  beforeEach(() => {
    rejections.length = 0;
    process.on("unhandledRejection", collect);
  });

  afterEach(() => {
    process.off("unhandledRejection", collect);
  });

  return rejections;
}
