import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Nkey } from "../../provider/resources/nkey";
import { areHidden, markHiddenAs, mayBeHidden } from "../../provider/resources/secrecy";
import { mockEngine } from "../support/mocks";

describe("the secrecy of inputs", () => {
  beforeEach(mockEngine);

  it("should be that of the outputs and promises in them, at any depth", async () => {
    const nested = pulumi.output(0).apply(() => ({ list: [pulumi.secret("a")] }));
    const secrets: readonly unknown[] = [
      pulumi.secret("a"),
      { list: ["a", { member: pulumi.secret("a") }] },
      Promise.resolve({ member: pulumi.secret("a") }),
      [nested],
      pulumi.secret(undefined),
    ];
    const plain: readonly unknown[] = [undefined, null, "a", { list: [1] }, pulumi.output("a"), Promise.resolve(["a"])];
    assert.deepEqual(
      await Promise.all(secrets.map(areHidden)),
      secrets.map(() => true),
    );
    assert.deepEqual(
      await Promise.all(plain.map(areHidden)),
      plain.map(() => false),
    );
  });

  it("should be the same as for Pulumi", async () => {
    const parts = { name: pulumi.output("a"), tags: [pulumi.unsecret(pulumi.secret("b"))], times: { at: "c" } };
    for (const value of [parts, { ...parts, name: pulumi.secret("a") }]) {
      assert.equal(await areHidden(value), await pulumi.isSecret(pulumi.output(value)));
    }
  });

  it("should be known for ids of resources, and for outputs that are as secret as one", () => {
    const { id, seed } = new Nkey("key", { kind: "user" });
    const [later, hidden] = [id.apply((key) => key), pulumi.secret(id)];
    assert.deepEqual([{ id }, [seed], later, hidden, "a", { id: "a" }].map(mayBeHidden), [
      false,
      true,
      true,
      true,
      false,
      false,
    ]);
    markHiddenAs(id, later);
    markHiddenAs(seed, hidden);
    assert.deepEqual([later, hidden].map(mayBeHidden), [false, true]);
  });

  it("should be found in values that contain themselves", async () => {
    const value: { self?: unknown; secret?: unknown } = { secret: pulumi.secret("a") };
    value.self = value;
    assert.equal(await areHidden(value), true);
  });
});
