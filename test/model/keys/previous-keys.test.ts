import assert from "node:assert/strict";
import {
  getPreviousKeys,
  getPreviousSigningKeys,
  type RotatedKeys,
  type PreviousKey,
} from "../../../provider/model/keys/previous-keys";
import type { Rotation } from "../../../provider/model/keys/rotation";

const NOW = 1_800_000_000;
const HOUR = 3_600;

/** A user with a version of its own key and a version of its JWT. */
function user(version: number, rotation?: Rotation, token = version, expires?: number): RotatedKeys {
  const keys = { publicKey: `U${version}`, signingKey: `A${token}` };
  return { keys, ...(rotation === undefined ? {} : { rotation }), ...(expires === undefined ? {} : { expires }) };
}

/** The replaced keys that are still valid after some updates, each so many seconds after the previous one. */
function after(...updates: readonly (readonly [RotatedKeys, number?])[]): PreviousKey[] {
  let [before, now]: [(RotatedKeys & { previous: PreviousKey[] }) | undefined, number] = [undefined, NOW];
  for (const [holder, seconds = 1] of updates) {
    now += seconds;
    before = { ...holder, previous: getPreviousKeys(before, holder, now) };
  }
  return before?.previous ?? [];
}

const publicKeys = (keys: readonly PreviousKey[]) => keys.map(({ publicKey }) => publicKey);

describe("previousKeys", () => {
  it("should be empty for a new user, and for an unchanged one", () => {
    assert.deepEqual(after([user(1)]), []);
    assert.deepEqual(after([user(1)], [user(1)], [user(1, { version: "1" })]), []);
  });

  it("should be valid until the rotation changes again", () => {
    const once = [[user(1)], [user(2, { version: "2" })]] as const;
    assert.deepEqual(after(...once), [{ publicKey: "U1", signingKey: "A1", until: "changed" }]);
    assert.deepEqual(publicKeys(after(...once, [user(2, { version: "2" }), 1000 * HOUR])), ["U1"]);
    assert.deepEqual(publicKeys(after(...once, [user(3, { version: "3" })])), ["U2"]);
    assert.deepEqual(after(...once, [user(2)]), []);
    assert.deepEqual(after(...once, [user(2, { version: "2", overlap: "none" })]), []);
  });

  it("should remain valid when the same rotation is written in another way", () => {
    const once = [[user(1)], [user(2, { version: 2 })]] as const;
    assert.deepEqual(publicKeys(after(...once, [user(2, { version: "2", overlap: "until-changed" })])), ["U1"]);
    const [first, again] = ["24h", "1d"].map((overlap) => ({
      signingKeys: ["O2"],
      rotation: { version: "3", overlap },
    }));
    const kept = [{ signingKey: "O1", until: "changed" as const }];
    assert.ok(first !== undefined && again !== undefined);
    assert.deepEqual(getPreviousSigningKeys({ ...first, previous: kept }, again, NOW), kept);
  });

  it("should be valid for a duration, and end with the first update after it", () => {
    const rotation = { version: "2", overlap: "1h" };
    const once = [[user(1)], [user(2, rotation)]] as const;
    assert.deepEqual(after(...once), [{ publicKey: "U1", signingKey: "A1", until: NOW + 2 + HOUR }]);
    assert.deepEqual(publicKeys(after(...once, [user(2, rotation), HOUR - 1])), ["U1"]);
    assert.deepEqual(after(...once, [user(2, rotation), HOUR]), []);
    assert.deepEqual(publicKeys(after(...once, [user(3, { version: "3", overlap: "1h" })])), ["U1", "U2"]);
    assert.deepEqual(after(...once, [user(2, { version: "2", overlap: "none" })]), []);
  });

  it("should be empty when a key is replaced without a rotation, or without an overlap", () => {
    assert.deepEqual(after([user(1)], [user(2)]), []);
    assert.deepEqual(after([user(1)], [user(2, { version: "2", overlap: "none" })]), []);
    const overlapping = { version: "2", overlap: "9h" };
    assert.deepEqual(after([user(1)], [user(2, overlapping)], [user(3, { version: "3", overlap: "none" })]), []);
  });

  it("should be empty when another key replaces one and the rotation with a version stays the same", () => {
    const rotations: Rotation[] = [
      { version: 2 },
      { version: 2, overlap: "until-changed" },
      { version: 2, overlap: "9h" },
    ];
    for (const rotation of rotations) {
      const once = [[user(1)], [user(2, rotation)]] as const;
      assert.deepEqual(publicKeys(after(...once)), ["U1"]);
      assert.deepEqual(after(...once, [user(3, rotation)]), []);
    }
  });

  it("should overlap each key that a program supplies when the rotation has an overlap without a version", () => {
    const overlapping = (overlap: string) => [1, 2, 3].map((version) => [user(version, { overlap })] as const);
    assert.deepEqual(publicKeys(after(...overlapping("9h"))), ["U1", "U2"]);
    assert.deepEqual(publicKeys(after(...overlapping("until-changed"))), ["U1", "U2"]);
    assert.deepEqual(after(...overlapping("none")), []);
  });

  it("should be empty for a user that moves to a set with another rotation and gets another key there", () => {
    const rotation = { version: "2" };
    assert.deepEqual(after([user(1)], [{ ...user(2, rotation), set: "devices" }]), []);
    assert.deepEqual(after([{ ...user(1), set: "devices" }], [{ ...user(2, rotation), set: "sensors" }]), []);
    const rotated = after([{ ...user(1), set: "devices" }], [{ ...user(2, rotation), set: "devices" }]);
    assert.deepEqual(publicKeys(rotated), ["U1"]);
  });

  it("should contain the old key when the new one is unknown", () => {
    const unknown = { keys: { publicKey: "unknown", signingKey: "unknown" }, rotation: { version: "2" } };
    assert.deepEqual(publicKeys(after([user(1)], [unknown])), ["U1"]);
  });

  it("should contain a renewed JWT until it expires", () => {
    const end = NOW + HOUR;
    const renewed = [[user(1, undefined, 1, end)], [user(1, undefined, 2, end + HOUR)]] as const;
    assert.deepEqual(after(...renewed), [{ publicKey: "U1", signingKey: "A1", until: end }]);
    assert.deepEqual(after(...renewed, [user(1, undefined, 2, end + HOUR), HOUR]), []);
    assert.equal(after([user(1, undefined, 1, end)], [user(1, undefined, 2)]).length, 1);
  });

  it("should not contain a JWT whose replacement expires earlier, or that does not expire", () => {
    const end = NOW + HOUR;
    assert.deepEqual(after([user(1, undefined, 1, end)], [user(1, undefined, 2, end - 1)]), []);
    assert.deepEqual(after([user(1, undefined, 1)], [user(1, undefined, 2)]), []);
    assert.deepEqual(after([user(1, undefined, 1)], [user(1, undefined, 2, end)]), []);
  });

  it("should not contain the JWT of a user who gets or loses a role, since its permissions differ", () => {
    const own = user(1, undefined, 1, NOW + HOUR);
    const ofRole = { keys: { publicKey: "U1" }, expires: NOW + 2 * HOUR };
    assert.deepEqual(after([own], [ofRole]), []);
    assert.deepEqual(after([{ ...ofRole, expires: NOW + HOUR }], [user(1, undefined, 1, NOW + 2 * HOUR)]), []);
  });

  it("should limit the renewed JWTs of a replaced key to the overlap of the key", () => {
    const end = NOW + 10 * HOUR;
    const renewed = [[user(1, undefined, 1, end)], [user(1, undefined, 2, 2 * end)]] as const;
    const untils = (rotation: Rotation) => after(...renewed, [user(2, rotation, 3, 3 * end)]).map(({ until }) => until);
    assert.deepEqual(untils({ version: "2" }), ["changed", "changed"]);
    assert.deepEqual(untils({ version: "2", overlap: "1h" }), [NOW + 3 + HOUR, NOW + 3 + HOUR]);
    assert.deepEqual(untils({ version: "2", overlap: "20h" }), [end, NOW + 3 + 20 * HOUR]);
    assert.deepEqual(untils({ version: "2", overlap: "none" }), []);
  });

  it("should contain only signing keys for a role", () => {
    const role = (signingKey: string, rotation?: Rotation) => ({
      keys: { signingKey },
      ...(rotation ? { rotation } : {}),
    });
    assert.deepEqual(after([role("A1")], [role("A2", { version: "2" })]), [{ signingKey: "A1", until: "changed" }]);
    assert.deepEqual(after([role("A1")], [role("A2", { version: "2" })], [role("A2")]), []);
  });
});

describe("previousSigningKeys", () => {
  const FIRST = { signingKeys: ["O1", "Ox"], previous: [] };
  const second = { signingKeys: ["O2", "Ox"], rotation: { version: "2", overlap: "1h" } };

  it("should contain replaced keys for as long as the rotation allows", () => {
    const previous = getPreviousSigningKeys(FIRST, second, NOW);
    assert.deepEqual(previous, [{ signingKey: "O1", until: NOW + HOUR }]);
    const before = { ...second, previous };
    assert.deepEqual(getPreviousSigningKeys(before, second, NOW + HOUR - 1), previous);
    assert.deepEqual(getPreviousSigningKeys(before, second, NOW + HOUR), []);
    const third = { signingKeys: ["O3"], rotation: { version: "3" } };
    assert.deepEqual(getPreviousSigningKeys(before, third, NOW + 1), [
      ...previous,
      { signingKey: "O2", until: "changed" },
      { signingKey: "Ox", until: "changed" },
    ]);
    assert.deepEqual(getPreviousSigningKeys(before, { ...second, rotation: { overlap: "none" } }, NOW + 1), []);
  });

  it("should be empty when another key replaces one and the rotation with a version stays the same", () => {
    const previous = getPreviousSigningKeys(FIRST, second, NOW);
    assert.deepEqual(getPreviousSigningKeys({ ...second, previous }, { ...second, signingKeys: ["O3"] }, NOW), []);
    const supplied = { ...FIRST, rotation: { overlap: "until-changed" } };
    const next = { ...supplied, signingKeys: ["O2", "Ox"] };
    assert.deepEqual(getPreviousSigningKeys(supplied, next, NOW), [{ signingKey: "O1", until: "changed" }]);
  });

  it("should be empty for a new operator, without an overlap, and for a key that is used again", () => {
    assert.deepEqual(getPreviousSigningKeys(undefined, second, NOW), []);
    assert.deepEqual(getPreviousSigningKeys(FIRST, { signingKeys: ["O2"] }, NOW), []);
    const before = { ...second, previous: getPreviousSigningKeys(FIRST, second, NOW) };
    assert.deepEqual(getPreviousSigningKeys(before, { ...second, signingKeys: ["O1", "O2", "Ox"] }, NOW + 1), []);
  });
});
