import assert from "node:assert/strict";
import { startPair } from "../support/pair";
import { worldOf } from "../support/world";

describe("an operator that asserts a version of its servers", () => {
  it("should start both servers when they have the asserted version", async () => {
    (await startPair(await worldOf([], {}, { assertServerVersion: "2.10.0" }))).stop();
  });

  it("should prevent the operator server from starting when it is older", async () => {
    const world = await worldOf([], {}, { assertServerVersion: "99.0.0" });
    await assert.rejects(startPair(world), /expected major version 99 > server major version/);
  });
});
