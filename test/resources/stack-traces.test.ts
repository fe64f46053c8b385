import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Nkey } from "../../provider/resources/nkey";
import { mockEngine } from "../support/mocks";

/** How the SDK finds the position of a resource, apart from its types. */
interface Positions {
  stackTrace: (skip: number) => unknown[];
  callsites: () => readonly object[];
}

const SDK = pulumi.Resource as unknown as Positions;

describe("the stack trace of a resource", () => {
  const { stackTrace } = SDK;
  let frames: readonly object[];

  beforeEach(async () => {
    await mockEngine();
    SDK.stackTrace = () => {
      frames = SDK.callsites();
      return [];
    };
  });

  afterEach(() => {
    SDK.stackTrace = stackTrace;
  });

  it("should not be in the state, of which it would be a third", () => {
    const settings = () => ["stackTraceLimit", "prepareStackTrace"].map((name): unknown => Reflect.get(Error, name));
    const before = settings();
    new Nkey("key", { kind: "user" });
    assert.equal(frames.length, 0);
    assert.deepEqual(settings(), before);
  });

  it("should be in the state for components, and lead to the program", () => {
    new pulumi.ComponentResource("test:index:Other", "other");
    assert.ok(frames.length > 5);
  });
});
