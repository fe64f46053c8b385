import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { unpackText } from "../../provider/dynamic/state/packed-texts";
import { userSetKeysProvider } from "../../provider/dynamic/user-set-keys";
import { identifyToken, signSetToken } from "../../provider/jwt/set-jwts";
import { SetCredentials } from "../../provider/components/user-set/set-credentials";
import { formatTime } from "../../provider/model/keys/lifetime";
import { parseKey } from "../../provider/model/users/set-keys";
import { formatLines, parseLines } from "../../provider/model/users/set-text";
import { formatUsers, type SetUser } from "../../provider/model/users/set-users";
import { Deployed, UNKNOWN } from "../support/life-cycle";
import { digestOf, keyOf, pairOf, seedOf } from "../support/keys";

const START = 1_800_000_000;
const DAY = 86_400;

interface Outs {
  readonly keys: string;
  readonly users: string;
  readonly issued: string;
  readonly given?: string;
  readonly __details: { readonly since: number; readonly shared?: object };
}

/** The inputs and the state of a set before its texts were packed, without seeds. */
const STORED = join(__dirname, "states/user-set-keys.json");

describe("the keys of a set of users", () => {
  let now = START;
  let set: Deployed<{ keys: string; users: string }, Outs>;
  const source = (label: string) => ({ source: keyOf("user", label), root: seedOf("user", label) });
  const inputs = (users: Record<string, SetUser>, more: object = {}) => ({
    name: "devices",
    role: "device",
    account: keyOf("account", "A"),
    signingKey: keyOf("account", "device"),
    users: formatUsers(new Map(Object.entries(users))),
    ...source("source"),
    given: "",
    ...more,
  });
  const keysOf = (text: string) => new Map([...parseLines(text)].map(([name, rest]) => [name, parseKey(rest)]));
  const credentials = (root = seedOf("user", "source")) => {
    const { keys, users, issued, given, __details } = set.outs;
    const { since, shared } = __details;
    return new SetCredentials({
      set: { keys, users, issued, shared },
      ...{ account: keyOf("account", "A"), signer: seedOf("account", "device"), root, since, given },
    });
  };
  const creds = (name: string) => credentials().creds(name, {}, now)?.creds;

  beforeEach(() => {
    now = START;
    set = new Deployed(userSetKeysProvider(() => now)) as unknown as typeof set;
  });

  it("should be previewed as the update makes them, and be made once", async () => {
    const { inputs: previewed } = await set.preview(inputs({ "d-1": {}, "d-2": {} }));
    await set.up(inputs({ "d-1": {}, "d-2": {} }));
    assert.equal(set.outs.keys, previewed.keys);
    now += DAY;
    assert.equal(await set.up(inputs({ "d-2": {}, "d-1": {} })), false);
  });

  it("should keep those of other users, and their creds, when a user is added, removed or gets other tags", async () => {
    await set.up(inputs({ "d-1": {}, "d-2": {}, "d-3": {} }));
    const [keys, [, second, third]] = [keysOf(set.outs.keys), ["d-1", "d-2", "d-3"].map(creds)];
    now += 5;
    await set.up(inputs({ "d-2": {}, "d-3": { tags: ["a:b"] }, "d-4": {} }));
    const after = keysOf(set.outs.keys);
    assert.deepEqual([...after.keys()], ["d-2", "d-3", "d-4"]);
    assert.deepEqual([after.get("d-2"), after.get("d-3")], [keys.get("d-2"), keys.get("d-3")]);
    assert.equal(creds("d-2"), second);
    assert.notEqual(creds("d-3"), third);
    assert.equal(creds("d-1"), undefined);
  });

  it("should have the same creds all at once as one by one", async () => {
    await set.up(inputs({ "d-1": { tags: ["a:b"] }, "d-2": { expires: "2999-01-01" }, "d-3": {} }));
    const revoked = { [keysOf(set.outs.keys).get("d-3")?.publicKey ?? ""]: now };
    const all = await credentials().allCreds(revoked, now);
    assert.deepEqual(
      all.map(({ name, creds: text }) => [name, digestOf(text)]),
      ["d-1", "d-2"].map((name) => [name, digestOf(creds(name) ?? "")]),
    );
  });

  it("should stay the same in a state that an earlier version stored, and be changed from there", async () => {
    const { id, ...stored } = JSON.parse(readFileSync(STORED, "utf8")) as { id: string; inputs: object; outs: object };
    const given = `d-3 ${seedOf("user", "given")}\n`;
    const kept = {
      id,
      inputs: { ...stored.inputs, root: seedOf("user", "source"), given },
      outs: { ...stored.outs, given } as Outs,
    };
    set = Deployed.from(userSetKeysProvider(() => now) as never, kept as never);
    const keys = set.outs.keys;
    const users = { "d-1": { tags: ["site:north"] }, "d-2": { lifetime: "30d" }, "d-3": {} };
    const own = { "d 4": { publicKey: keyOf("user", "own") } };
    const before = ["d-1", "d-2", "d-3"].map((name) => digestOf(creds(name) ?? ""));
    assert.equal(await set.up(inputs({ ...users, ...own }, { given })), false);
    assert.equal(await set.up(inputs({ ...users, ...own, "d-5": {} }, { given })), true);
    assert.ok([...keysOf(keys)].every(([name, key]) => keysOf(set.outs.keys).get(name)?.publicKey === key.publicKey));
    assert.deepEqual(
      ["d-1", "d-2", "d-3"].map((name) => digestOf(creds(name) ?? "")),
      before,
    );
  });

  it("should be packed in the state of a large set, which an earlier version stored as they are", async () => {
    const many = Object.fromEntries(Array.from({ length: 4_000 }, (_, index) => [`d-${index}`, { tags: ["a:b"] }]));
    await set.up(inputs(many));
    const { keys, users } = set.outs;
    assert.ok(keys.length < 0.9 * unpackText(keys).length && users.length < 0.2 * unpackText(users).length);
    const outs = { ...set.outs, keys: unpackText(keys), users: unpackText(users) };
    const earlier = Deployed.from(
      userSetKeysProvider(() => now),
      { id: set.id, inputs: set.inputs, outs } as never,
    );
    assert.equal(await earlier.up(inputs(many)), false);
    assert.equal(await set.up(inputs(many)), false);
    await set.up(inputs({ ...many, "d-7": {} }));
    const [old, present] = [outs.keys, unpackText(set.outs.keys)].map(keysOf);
    assert.deepEqual(present, old);
  });

  it("should be new when a user is added again after it was removed", async () => {
    await set.up(inputs({ "d-1": {}, "d-2": {} }));
    const before = keysOf(set.outs.keys).get("d-1");
    await set.up(inputs({ "d-2": {} }));
    await set.up(inputs({ "d-1": {}, "d-2": {} }));
    assert.notEqual(keysOf(set.outs.keys).get("d-1")?.publicKey, before?.publicKey);
  });

  it("should not be lost by more users at once than ten, or a fifth, unless the program permits the number", async () => {
    const many = (count: number, first = 0) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`d-${first + index}`, {}]));
    const refused = (users: Record<string, SetUser>, more: object = {}) =>
      assert.rejects(set.preview(inputs(users, more)), /NA1915/);
    await set.up(inputs(many(60)));
    await set.preview(inputs(many(48)));
    await refused(many(47));
    await refused({});
    await refused(many(60, 13));
    await refused(many(59), { maxRemovals: 0 });
    await refused(many(47), { maxRemovals: 12 });
    await set.up(inputs(many(11), { maxRemovals: 49 }));
    assert.ok(!JSON.stringify([set.inputs, set.outs]).includes("maxRemovals"));
    assert.equal(await set.up(inputs(many(11))), false);
    await refused({});
    await set.preview(inputs(many(1)));
    await set.preview(inputs({}, { users: UNKNOWN }));
  });

  it("should be unknown as long as a new key is, but not otherwise", async () => {
    const unknown = { source: UNKNOWN, root: UNKNOWN };
    const first = await set.preview(inputs({ "d-1": {} }, unknown));
    assert.equal(first.inputs.keys, UNKNOWN);
    await set.up(inputs({ "d-1": {} }));
    assert.equal((await set.preview(inputs({ "d-1": {} }, unknown))).inputs.keys, set.outs.keys);
    assert.equal((await set.preview(inputs({ "d-1": {}, "d-2": {} }, unknown))).inputs.keys, UNKNOWN);
  });

  it("should be rotated alone, or all of them", async () => {
    await set.up(inputs({ "d-1": {}, "d-2": {} }));
    const first = keysOf(set.outs.keys);
    await set.up(inputs({ "d-1": { rotation: { version: 2 } }, "d-2": {} }));
    const second = keysOf(set.outs.keys);
    assert.notEqual(second.get("d-1")?.publicKey, first.get("d-1")?.publicKey);
    assert.deepEqual(second.get("d-2"), first.get("d-2"));
    assert.equal(await set.up(inputs({ "d-1": {}, "d-2": {} })), true);
    assert.deepEqual(keysOf(set.outs.keys), second, "a version that is removed keeps the key");
    await set.up(inputs({ "d-1": {}, "d-2": {} }, { shared: { rotation: { version: "3" } } }));
    const third = keysOf(set.outs.keys);
    assert.ok([...third].every(([name, { publicKey }]) => publicKey !== second.get(name)?.publicKey));
  });

  it("should expire and be renewed one by one", async () => {
    const shared = { shared: { lifetime: "30d" } };
    await set.up(inputs({ "d-1": {} }, shared));
    now += 15 * DAY;
    await set.up(inputs({ "d-1": {}, "d-2": {} }, shared));
    const end = (name: string) => keysOf(set.outs.keys).get(name)?.expires;
    assert.deepEqual(["d-1", "d-2"].map(end), [formatTime(START + 30 * DAY), formatTime(START + 45 * DAY)]);
    const [old, other] = ["d-1", "d-2"].map(creds);
    now += 6 * DAY;
    await set.up(inputs({ "d-1": {}, "d-2": {} }, shared));
    assert.deepEqual(["d-1", "d-2"].map(end), [formatTime(START + 51 * DAY), formatTime(START + 45 * DAY)]);
    assert.notEqual(creds("d-1"), old);
    assert.equal(creds("d-2"), other);
  });

  it("should keep the JWT of creds with a lifetime that the program supplies, unless it is to be renewed", async () => {
    const end = (name: string) => keysOf(set.outs.keys).get(name)?.expires;
    const supplied = (name: string, expires: number) => {
      const user = { name, publicKey: keyOf("user", name), account: keyOf("account", "A"), issuedAt: START - 10 * DAY };
      return signSetToken({ ...user, expires: formatTime(expires) }, pairOf("account", "device"));
    };
    const jwts = { "d-1": supplied("d-1", START + 20 * DAY), "d-2": supplied("d-2", START + 9 * DAY) };
    const long = supplied("d-3", START + 31 * DAY);
    const lines = Object.entries({ ...jwts, "d-3": long }).map(
      ([name, jwt]) => [name, `${seedOf("user", name)} ${JSON.stringify(identifyToken(jwt))}`] as const,
    );
    const users = { "d-1": { lifetime: "30d" }, "d-2": { lifetime: "30d" }, "d-3": { lifetime: "30d" } };
    await set.up(inputs(users, { given: formatLines(lines) }));
    assert.deepEqual(
      ["d-1", "d-2", "d-3"].map(end),
      [20, 30, 30].map((days) => formatTime(START + days * DAY)),
    );
    assert.equal(credentials().jwt("d-1"), jwts["d-1"]);
    assert.notEqual(credentials().jwt("d-2"), jwts["d-2"]);
    now += DAY;
    assert.equal(await set.up(inputs(users)), false);
    assert.equal(credentials().jwt("d-1"), jwts["d-1"]);
  });

  it("should be adopted by seed, by public key, and with a JWT by creds; and be kept when these are removed", async () => {
    const user = { name: "d-3", publicKey: keyOf("user", "d-3"), account: keyOf("account", "A"), issuedAt: START - 99 };
    const jwt = signSetToken(user, pairOf("account", "device"));
    const given = formatLines([
      ["d-1", seedOf("user", "d-1")],
      ["d-3", `${seedOf("user", "d-3")} ${JSON.stringify(identifyToken(jwt))}`],
    ]);
    await set.up(inputs({ "d-1": {}, "d-2": { publicKey: keyOf("user", "d-2") }, "d-3": {} }, { given }));
    const publicKeys = () => [...keysOf(set.outs.keys).values()].map(({ publicKey }) => publicKey);
    const expected = ["d-1", "d-2", "d-3"].map((label) => keyOf("user", label));
    assert.deepEqual(publicKeys(), expected);
    assert.equal(credentials().jwt("d-3"), jwt);
    assert.equal(credentials().seed("d-2"), undefined);
    await set.up(inputs({ "d-1": {}, "d-2": { publicKey: keyOf("user", "d-2") }, "d-3": {} }));
    assert.deepEqual(publicKeys(), expected);
    assert.equal(credentials().jwt("d-3"), jwt);
    assert.equal(credentials().seed("d-1"), seedOf("user", "d-1"));
    assert.ok(
      !JSON.stringify(set.inputs)
        .replace(/"(?:given|root)":"[^"]*"/g, "")
        .includes("SUA"),
    );
  });

  it("should be kept when the argument of a supplied one is removed from a set with a rotation", async () => {
    const shared = { shared: { rotation: { version: 2 } } };
    const given = formatLines([["d-1", seedOf("user", "d-1")]]);
    await set.up(inputs({ "d-1": {}, "d-2": {} }, { ...shared, given }));
    const first = keysOf(set.outs.keys);
    assert.equal(await set.up(inputs({ "d-1": {}, "d-2": {} }, shared)), false);
    assert.deepEqual(keysOf(set.outs.keys), first);
    assert.equal(credentials().seed("d-1"), seedOf("user", "d-1"));
    await set.up(inputs({ "d-1": {}, "d-2": {} }, { shared: { rotation: { version: 3 } } }));
    assert.notEqual(keysOf(set.outs.keys).get("d-1")?.publicKey, keyOf("user", "d-1"));
  });

  it("should not lose their public key, with no seed in its place", async () => {
    const publicKey = keyOf("user", "d-1");
    await set.up(inputs({ "d-1": { publicKey }, "d-2": {} }));
    await assert.rejects(set.preview(inputs({ "d-1": {}, "d-2": {} })), /users\.d-1\.publicKey.*NA5032/s);
    const given = formatLines([["d-1", seedOf("user", "d-1")]]);
    for (const [user, more] of [
      [{ rotation: { version: 2 } }, {}],
      [{}, { given }],
    ] as const) {
      await set.preview(inputs({ "d-1": user, "d-2": {} }, more));
    }
    await set.preview(inputs({ "d-2": {} }));
  });

  it("should lose their seeds when they were handed out, and keep their public keys", async () => {
    const given = formatLines([["d-2", seedOf("user", "d-2")]]);
    await set.up(inputs({ "d-1": {}, "d-2": {} }, { given }));
    const { keys } = set.outs;
    assert.ok(credentials().seed("d-1"));
    const next = { ...source("next"), handedOut: 1 };
    await set.up(inputs({ "d-1": {}, "d-2": {} }, next));
    assert.equal(set.outs.keys, keys);
    await set.up(inputs({ "d-1": {}, "d-2": {}, "d-3": {} }, next));
    const after = credentials(seedOf("user", "next"));
    assert.deepEqual(
      ["d-1", "d-2"].map((name) => after.seed(name)),
      [undefined, undefined],
    );
    assert.ok(after.seed("d-3"));
    assert.equal(set.outs.given, undefined);
  });

  it("should give the same bytes in every version of this package", async () => {
    await set.up(inputs({ "d-1": { tags: ["site:north"] } }, { shared: { expires: "2030-01-01" } }));
    const [header, payload] = credentials().jwt("d-1")?.split(".") ?? [];
    assert.equal(Buffer.from(header ?? "", "base64url").toString(), '{"typ":"JWT","alg":"ed25519-nkey"}');
    assert.equal(
      Buffer.from(payload ?? "", "base64url").toString(),
      `{"exp":1893456000,"iat":${START},"iss":"${keyOf("account", "device")}","name":"d-1",` +
        `"sub":"UAHKOWYEMYTFYUVWEKBTNSGIZWFAWN2GHBSJDUNU6H3M267ZQKCOACXD","nats":{"issuer_account":"${keyOf("account", "A")}",` +
        `"tags":["site:north"],"type":"user","version":2},"jti":"CMJSHT62IEVUP7HNGK3D5FIENZ4RZT7F5TGFOUDHN2WEAYVLVPWQ"}`,
    );
  });
});
