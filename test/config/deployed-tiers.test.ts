import assert from "node:assert/strict";
import { findRetiered, tiersIn } from "../../provider/config/deployed-jetstream";
import { renderOperatorConfig } from "../../provider/config/operator";
import type { JetStream } from "../../provider/model/account/jetstream";
import { keyOf } from "../support/keys";
import { worldOf } from "../support/world";

const LISTENER = { serverName: "s", clusterName: "c", clientPort: 1, clusterPort: 2, jetstream: {} };
const TIERS: JetStream = { tiers: { R1: { fileStorage: 1 } } };
const A = keyOf("account", "A");

async function configWith(jetstream?: JetStream, listener: object = LISTENER): Promise<string> {
  const account = { name: "A", users: { u: {} }, ...(jetstream === undefined ? {} : { jetstream }) };
  const { model, tokens } = await worldOf([account]);
  return renderOperatorConfig(model, tokens, { ...LISTENER, ...listener }).text;
}

describe("limits by tiers in the configuration of an operator server", () => {
  it("should be read for accounts with JetStream", async () => {
    assert.deepEqual([...tiersIn(await configWith({}))], [[A, false]]);
    assert.deepEqual([...tiersIn(await configWith(TIERS))], [[A, true]]);
    assert.deepEqual([...tiersIn(await configWith())], []);
    assert.deepEqual([...tiersIn((await configWith(TIERS)).replaceAll(/"ey[^"]*"/g, '"edited"'))], []);
  });

  it("should be compared with each configuration that the server may have loaded", async () => {
    const [flat, tiered, off] = [await configWith({}), await configWith(TIERS), await configWith()];
    assert.deepEqual(findRetiered([flat, flat], tiered), [A]);
    assert.deepEqual(findRetiered([tiered, flat], tiered), [A]);
    assert.deepEqual(findRetiered([tiered, tiered], flat), [A]);
    assert.deepEqual(findRetiered([flat, flat], await configWith({ streams: 1 })), []);
    assert.deepEqual(findRetiered([off, off], tiered), [], "an account that gets JetStream");
    assert.deepEqual(findRetiered([flat, flat], off), [], "an account that loses JetStream");
  });
});
