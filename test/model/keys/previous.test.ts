import assert from "node:assert/strict";
import {
  previousKeys,
  previousSigningKeys,
  type Holder,
  type PreviousKey,
} from "../../../provider/model/keys/previous";
import type { Rotation } from "../../../provider/model/keys/rotation";

const NOW = 1_800_000_000;
const HOUR = 3_600;

/** A user with the keys of a version of its own key and of its JWT. */
function user(version: number, rotation?: Rotation, token = version, expires?: number): Holder {
  const keys = { publicKey: `U${version}`, signingKey: `A${token}` };
  return { keys, ...(rotation === undefined ? {} : { rotation }), ...(expires === undefined ? {} : { expires }) };
}

/** What goes on working after some updates, each so many seconds after the one before. */
function after(...updates: readonly (readonly [Holder, number?])[]): PreviousKey[] {
  let [before, now]: [(Holder & { previous: PreviousKey[] }) | undefined, number] = [undefined, NOW];
  for (const [holder, seconds = 1] of updates) {
    now += seconds;
    before = { ...holder, previous: previousKeys(before, holder, now) };
  }
  return before?.previous ?? [];
}

const publicKeys = (keys: readonly PreviousKey[]) => keys.map(({ publicKey }) => publicKey);

describe("previous keys", () => {
  it("should be none of something new, or of something that stays", () => {
    assert.deepEqual(after([user(1)]), []);
    assert.deepEqual(after([user(1)], [user(1)], [user(1, { version: "1" })]), []);
  });

  it("should work until the rotation changes again, and no longer", () => {
    const once = [[user(1)], [user(2, { version: "2" })]] as const;
    assert.deepEqual(after(...once), [{ publicKey: "U1", signingKey: "A1", until: "changed" }]);
    assert.deepEqual(publicKeys(after(...once, [user(2, { version: "2" }), 1000 * HOUR])), ["U1"]);
    assert.deepEqual(publicKeys(after(...once, [user(3, { version: "3" })])), ["U2"]);
    assert.deepEqual(after(...once, [user(2)]), []);
    assert.deepEqual(after(...once, [user(2, { version: "2", overlap: "none" })]), []);
  });

  it("should go on working when the same rotation is written in another way", () => {
    const once = [[user(1)], [user(2, { version: 2 })]] as const;
    assert.deepEqual(publicKeys(after(...once, [user(2, { version: "2", overlap: "until-changed" })])), ["U1"]);
    const [first, again] = ["24h", "1d"].map((overlap) => ({
      signingKeys: ["O2"],
      rotation: { version: "3", overlap },
    }));
    const kept = [{ signingKey: "O1", until: "changed" as const }];
    assert.ok(first !== undefined && again !== undefined);
    assert.deepEqual(previousSigningKeys({ ...first, previous: kept }, again, NOW), kept);
  });

  it("should work for a length of time, and be gone with the first update after it", () => {
    const rotation = { version: "2", overlap: "1h" };
    const once = [[user(1)], [user(2, rotation)]] as const;
    assert.deepEqual(after(...once), [{ publicKey: "U1", signingKey: "A1", until: NOW + 2 + HOUR }]);
    assert.deepEqual(publicKeys(after(...once, [user(2, rotation), HOUR - 1])), ["U1"]);
    assert.deepEqual(after(...once, [user(2, rotation), HOUR]), []);
    assert.deepEqual(publicKeys(after(...once, [user(3, { version: "3", overlap: "1h" })])), ["U1", "U2"]);
    assert.deepEqual(after(...once, [user(2, { version: "2", overlap: "none" })]), []);
  });

  it("should be none when a key is replaced without a rotation, or without an overlap", () => {
    assert.deepEqual(after([user(1)], [user(2)]), []);
    assert.deepEqual(after([user(1)], [user(2, { version: "2", overlap: "none" })]), []);
    const overlapping = { version: "2", overlap: "9h" };
    assert.deepEqual(after([user(1)], [user(2, overlapping)], [user(3, { version: "3", overlap: "none" })]), []);
  });

  it("should be kept for a key that is not known yet", () => {
    const unknown = { keys: { publicKey: "unknown", signingKey: "unknown" }, rotation: { version: "2" } };
    assert.deepEqual(publicKeys(after([user(1)], [unknown])), ["U1"]);
  });

  it("should be those of a JWT that was renewed, until its own end", () => {
    const end = NOW + HOUR;
    const renewed = [[user(1, undefined, 1, end)], [user(1, undefined, 2, end + HOUR)]] as const;
    assert.deepEqual(after(...renewed), [{ publicKey: "U1", signingKey: "A1", until: end }]);
    assert.deepEqual(after(...renewed, [user(1, undefined, 2, end + HOUR), HOUR]), []);
    assert.equal(after([user(1, undefined, 1, end)], [user(1, undefined, 2)]).length, 1);
  });

  it("should be none of a JWT that is to end sooner, or that another one took the place of without an end", () => {
    const end = NOW + HOUR;
    assert.deepEqual(after([user(1, undefined, 1, end)], [user(1, undefined, 2, end - 1)]), []);
    assert.deepEqual(after([user(1, undefined, 1)], [user(1, undefined, 2)]), []);
    assert.deepEqual(after([user(1, undefined, 1)], [user(1, undefined, 2, end)]), []);
  });

  it("should be none of a user who gets a role, or loses one: what its JWT allowed is not what the next one allows", () => {
    const own = user(1, undefined, 1, NOW + HOUR);
    const ofRole = { keys: { publicKey: "U1" }, expires: NOW + 2 * HOUR };
    assert.deepEqual(after([own], [ofRole]), []);
    assert.deepEqual(after([{ ...ofRole, expires: NOW + HOUR }], [user(1, undefined, 1, NOW + 2 * HOUR)]), []);
  });

  it("should give the renewed JWTs of a key that is replaced the key's own overlap", () => {
    const end = NOW + 10 * HOUR;
    const renewed = [[user(1, undefined, 1, end)], [user(1, undefined, 2, 2 * end)]] as const;
    const untils = (rotation: Rotation) => after(...renewed, [user(2, rotation, 3, 3 * end)]).map(({ until }) => until);
    assert.deepEqual(untils({ version: "2" }), ["changed", "changed"]);
    assert.deepEqual(untils({ version: "2", overlap: "1h" }), [NOW + 3 + HOUR, NOW + 3 + HOUR]);
    assert.deepEqual(untils({ version: "2", overlap: "20h" }), [end, NOW + 3 + 20 * HOUR]);
    assert.deepEqual(untils({ version: "2", overlap: "none" }), []);
  });

  it("should be signing keys alone of a role", () => {
    const role = (signingKey: string, rotation?: Rotation) => ({
      keys: { signingKey },
      ...(rotation ? { rotation } : {}),
    });
    assert.deepEqual(after([role("A1")], [role("A2", { version: "2" })]), [{ signingKey: "A1", until: "changed" }]);
    assert.deepEqual(after([role("A1")], [role("A2", { version: "2" })], [role("A2")]), []);
  });
});

describe("previous signing keys of an operator", () => {
  const FIRST = { signingKeys: ["O1", "Ox"], previous: [] };
  const second = { signingKeys: ["O2", "Ox"], rotation: { version: "2", overlap: "1h" } };

  it("should be those that it has no longer, for as long as the rotation says", () => {
    const previous = previousSigningKeys(FIRST, second, NOW);
    assert.deepEqual(previous, [{ signingKey: "O1", until: NOW + HOUR }]);
    const before = { ...second, previous };
    assert.deepEqual(previousSigningKeys(before, second, NOW + HOUR - 1), previous);
    assert.deepEqual(previousSigningKeys(before, second, NOW + HOUR), []);
    const third = { signingKeys: ["O3"], rotation: { version: "3" } };
    assert.deepEqual(previousSigningKeys(before, third, NOW + 1), [
      ...previous,
      { signingKey: "O2", until: "changed" },
      { signingKey: "Ox", until: "changed" },
    ]);
    assert.deepEqual(previousSigningKeys(before, { ...second, rotation: { overlap: "none" } }, NOW + 1), []);
  });

  it("should be none of a new one, without an overlap, and of a key that it has again", () => {
    assert.deepEqual(previousSigningKeys(undefined, second, NOW), []);
    assert.deepEqual(previousSigningKeys(FIRST, { signingKeys: ["O2"] }, NOW), []);
    const before = { ...second, previous: previousSigningKeys(FIRST, second, NOW) };
    assert.deepEqual(previousSigningKeys(before, { ...second, signingKeys: ["O1", "O2", "Ox"] }, NOW + 1), []);
  });
});
