import assert from "node:assert/strict";
import { readAccount } from "../../provider/read/claims/account";
import { readUser } from "../../provider/read/claims/user";
import { codesAndPaths } from "../support/diagnostics";
import { keyOf } from "../support/keys";
import { signAccount, signUser } from "./sign";

const signAccountClaims = (nats: object) => signAccount("A", nats);
const signUserClaims = (nats: object) => signUser("u", "u", "A", nats);

describe("readAccount, as servers decode", () => {
  it("should read JetStream as disabled when no tier has storage", async () => {
    const jetstreamOf = async (limits: object) =>
      readAccount(await signAccountClaims({ limits }), "A").account.jetstream;
    assert.equal(await jetstreamOf({ tiered_limits: { R1: { streams: 5 }, R3: {} } }), undefined);
    assert.equal(await jetstreamOf({ disk_storage: -1, tiered_limits: { R1: {} } }), undefined);
    assert.deepEqual(await jetstreamOf({ disk_storage: -1, tiered_limits: { R1: {}, R3: { disk_storage: -2 } } }), {
      tiers: { R1: { memoryStorage: 0, fileStorage: 0 }, R3: { memoryStorage: 0 } },
    });
  });

  it("should read an absent limit of a role as unlimited", async () => {
    const roleOf = async (template: object | undefined) => {
      const scope = { kind: "user_scope", key: keyOf("account", "1"), role: "reader", template };
      return readAccount(await signAccountClaims({ signing_keys: [scope] }), "A").account.roles?.reader?.limits;
    };
    assert.equal(await roleOf({}), undefined);
    assert.equal(await roleOf(undefined), undefined);
    assert.equal(await roleOf({ subs: null, payload: -1, data: -5 }), undefined);
    assert.deepEqual(await roleOf({ subs: 0, payload: 0 }), { subscriptions: 0, payload: 0 });
  });

  it("should use the last entry when the account lists a signing key again", async () => {
    const key = keyOf("account", "1");
    const scope = { kind: "user_scope", key, role: "reader", template: {} };
    const keysOf = async (...signing_keys: unknown[]) => {
      const { account, leftOut } = readAccount(await signAccountClaims({ signing_keys }), "A");
      return [Object.keys(account.roles ?? {}), account.signingKeys, codesAndPaths(leftOut)];
    };
    assert.deepEqual(await keysOf(scope, key), [[], [key], ["NA3022 nats.signing_keys[0]"]]);
    assert.deepEqual(await keysOf(key, scope), [["reader"], undefined, ["NA3022 nats.signing_keys[0]"]]);
  });

  it("should read a private export with a position for the importer's key as public", async () => {
    const exported = { subject: "a.*", type: "stream", token_req: true, revocations: { "*": 5 } };
    const exportsOf = async (more: object) => {
      const { account, leftOut } = readAccount(await signAccountClaims({ exports: [{ ...exported, ...more }] }), "A");
      return [account.exports?.[0], codesAndPaths(leftOut)];
    };
    const terms = { subject: "a.*", type: "stream" };
    assert.deepEqual(await exportsOf({}), [{ ...terms, importers: [], revocations: { "*": 5 } }, []]);
    assert.deepEqual(await exportsOf({ account_token_position: 2 }), [
      { ...terms, accountTokenPosition: 2 },
      ["NA3022 nats.exports[0].revocations"],
    ]);
    assert.deepEqual(await exportsOf({ token_req: false }), [terms, ["NA3022 nats.exports[0].revocations"]]);
  });
});

describe("readUser, as servers decode", () => {
  it("should read connection types without regard to case, and name unknown ones beside known ones", async () => {
    const typesOf = async (...allowed_connection_types: string[]) => {
      const { access, leftOut } = readUser(await signUserClaims({ allowed_connection_types, subs: -1 }), "u");
      return [access?.connectionTypes, codesAndPaths(leftOut)];
    };
    assert.deepEqual(await typesOf("mqtt", "STANDARD"), [["MQTT", "STANDARD"], []]);
    assert.deepEqual(await typesOf("PIGEON", "MQTT"), [["MQTT"], ["NA3022 nats.allowed_connection_types[0]"]]);
    assert.deepEqual(await typesOf("PIGEON"), [["PIGEON"], []]);
  });

  it("should read access of its own when the JWT has an empty list, as Go's library does", async () => {
    const hasAccess = async (nats: object) => readUser(await signUserClaims(nats), "u").access !== undefined;
    for (const nats of [{}, { pub: {}, sub: {}, resp: null, subs: 0, later: 1 }, { bearer_token: false }]) {
      assert.equal(await hasAccess(nats), false, JSON.stringify(nats));
    }
    for (const nats of [{ src: [] }, { src: "" }, { pub: { allow: [] } }, { resp: {} }, { times: [] }, { subs: -1 }]) {
      assert.equal(await hasAccess(nats), true, JSON.stringify(nats));
    }
  });
});
