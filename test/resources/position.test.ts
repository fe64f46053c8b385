import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Nkey } from "../../provider/resources/nkey";
import { mockEngine } from "../support/mocks";

/** What the SDK has to find the position of a resource, apart from its types. */
interface Positions {
  stackTrace: (skip: number) => unknown[];
  callsites: () => { readonly file?: string }[];
}

const SDK = pulumi.Resource as unknown as Positions;

describe("the position of a resource in the program", () => {
  const { stackTrace } = SDK;
  let frames: { readonly file?: string }[];

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

  it("should be one frame, not a stack trace, which would be a third of the state", () => {
    const { stackTraceLimit, prepareStackTrace } = Error;
    new Nkey("key", { kind: "user" });
    // Five of the SDK and of the classes of resources, as for any resource.
    assert.equal(frames.length, 6);
    assert.match(frames[5]?.file ?? "", /nkey/);
    assert.deepEqual([Error.stackTraceLimit, Error.prepareStackTrace], [stackTraceLimit, prepareStackTrace]);
  });

  it("should be the whole stack trace for resources of others", () => {
    new pulumi.ComponentResource("test:index:Other", "other");
    assert.ok(frames.length > 6);
  });
});
