import assert from "node:assert/strict";
import fc from "fast-check";
import type { Account } from "../../../provider/model/account/account";
import { getRevokedUsers } from "../../../provider/model/account/revoked-users";
import type { AccountRevoked } from "../../../provider/model/account/account";
import { formatTime } from "../../../provider/model/keys/lifetime";
import type { User } from "../../../provider/model/users/users";

type State = Pick<Account, "users" | "roles" | "previous" | "revoked">;

const NOW = 1_800_000_000;

const READER = { signingKey: "reader" };
const WRITER = { signingKey: "writer" };
const ROLES = { reader: READER, writer: WRITER };

function user(own: Partial<User> = {}): User {
  return { publicKey: "U", signingKey: own.role ?? "alone", issuedAt: NOW - 10, ...own };
}

function state(users: Record<string, User>, more: Partial<State> = {}): State {
  return { users, roles: ROLES, ...more };
}

const OF_READER = state({ u: user({ role: "reader" }) });

/** Revocations, with only the keys that signed. */
function keysOf(revoked: AccountRevoked): Record<string, [number, ...string[]]> {
  return Object.fromEntries(
    Object.entries(revoked).map(([key, { at, by }]) => [key, [at, ...by.map(({ signingKey }) => signingKey)]]),
  );
}

describe("accountRevoked", () => {
  it("should return nothing when the account is new or nothing changes", () => {
    assert.deepEqual(getRevokedUsers(undefined, OF_READER, NOW), {});
    assert.deepEqual(getRevokedUsers(OF_READER, OF_READER, NOW), {});
  });

  it("should revoke a user of a role when it is removed, at the time of the update", () => {
    assert.deepEqual(keysOf(getRevokedUsers(OF_READER, state({}), NOW)), { U: [NOW, "reader"] });
  });

  it("should revoke every JWT when a clock was ahead", () => {
    const ahead = state({ u: user({ role: "reader", issuedAt: NOW + 60 }) });
    assert.deepEqual(keysOf(getRevokedUsers(ahead, state({}), NOW)), { U: [NOW + 60, "reader"] });
  });

  it("should not revoke a user when its signing key is removed with it", () => {
    assert.deepEqual(getRevokedUsers(state({ u: user() }), state({}), NOW), {});
    assert.deepEqual(
      getRevokedUsers(state({ u: user() }), state({ u: user({ tags: ["a:b"], signingKey: "other" }) }), NOW),
      {},
    );
  });

  for (const [what, before, after] of [
    ["its role becomes a bearer", {}, { bearer: true }],
    ["a role of bearers replaces it", {}, { signingKey: "other", bearer: true }],
  ] as const) {
    it(`should revoke the JWT that a role signed before ${what}, and those of replaced keys`, () => {
      const previous = { users: { u: [{ publicKey: "V", until: NOW + 100 }] } };
      const old = state(
        { u: user({ role: "reader", issuedAt: NOW - 10 }) },
        { roles: { reader: { ...READER, ...before } }, previous },
      );
      const roles = { reader: { ...READER, ...after }, old: READER };
      const current = state({ u: user({ role: "reader", issuedAt: NOW }) }, { roles, previous });
      const revoked = getRevokedUsers(old, current, NOW);
      assert.deepEqual([revoked.U?.at, revoked.V?.at], [NOW - 1, NOW]);
      assert.deepEqual(getRevokedUsers(current, { ...old, users: current.users }, NOW), {});
    });
  }

  for (const [what, now] of [
    ["has another role", { u: user({ role: "writer", issuedAt: NOW }) }],
    ["has no role any more", { u: user({ issuedAt: NOW }) }],
    ["has other tags", { u: user({ role: "reader", tags: ["a:b"], issuedAt: NOW }) }],
    ["has another name", { v: user({ role: "reader", issuedAt: NOW }) }],
    ["has an end", { u: user({ role: "reader", issuedAt: NOW, expires: formatTime(NOW + 60) }) }],
    ["has another beginning", { u: user({ role: "reader", issuedAt: NOW, notBefore: formatTime(NOW + 60) }) }],
  ] as [string, Record<string, User>][]) {
    it(`should revoke the JWTs before the current one when a user ${what}`, () => {
      const revoked = getRevokedUsers(OF_READER, state(now), NOW + 5);
      assert.deepEqual(keysOf(revoked), { U: [NOW - 1, "reader"] });
      const again = getRevokedUsers(state(now, { revoked }), state(now), NOW + 100);
      assert.deepEqual(again, revoked, "it must not change by itself");
    });
  }

  it("should not revoke a JWT when it is renewed and expires later", () => {
    const expires = (end: number, issuedAt: number) =>
      state({ u: user({ role: "reader", issuedAt, expires: formatTime(end) }) });
    assert.deepEqual(getRevokedUsers(expires(NOW + 60, NOW - 10), expires(NOW + 120, NOW), NOW), {});
    assert.deepEqual(keysOf(getRevokedUsers(expires(NOW + 120, NOW - 10), expires(NOW + 60, NOW), NOW)), {
      U: [NOW - 1, "reader"],
    });
  });

  it("should keep the new JWT valid when a removed user returns", () => {
    const revoked = getRevokedUsers(OF_READER, state({}), NOW);
    const back = state({ u: user({ role: "reader", issuedAt: NOW + 50 }) });
    assert.deepEqual(keysOf(getRevokedUsers(state({}, { revoked }), back, NOW + 60)), { U: [NOW, "reader"] });
    const early = state({ u: user({ role: "reader", issuedAt: NOW - 5 }) });
    assert.deepEqual(keysOf(getRevokedUsers(state({}, { revoked }), early, NOW + 60)), { U: [NOW - 6, "reader"] });
  });

  it("should end a revocation when the signing key is no longer valid", () => {
    const revoked = getRevokedUsers(OF_READER, state({}), NOW);
    const gone = state({}, { roles: { writer: WRITER } });
    assert.deepEqual(getRevokedUsers(state({}, { revoked }), gone, NOW + 1), {});
    const rotated = { reader: { signingKey: "reader 2" } };
    const overlap = { roles: { reader: [{ signingKey: "reader", until: "changed" as const }] } };
    assert.deepEqual(
      getRevokedUsers(state({}, { revoked }), state({}, { roles: rotated, previous: overlap }), NOW + 1),
      revoked,
    );
    assert.deepEqual(getRevokedUsers(state({}, { revoked }), state({}, { roles: rotated }), NOW + 1), {});
  });

  it("should end a revocation when the last JWT has expired", () => {
    const ends = state({ u: user({ role: "reader", expires: formatTime(NOW + 60) }) });
    const revoked = getRevokedUsers(ends, state({}), NOW);
    assert.deepEqual(revoked, { U: { at: NOW, by: [{ signingKey: "reader", expires: NOW + 60 }] } });
    assert.deepEqual(getRevokedUsers(state({}, { revoked }), state({}), NOW + 59), revoked);
    assert.deepEqual(getRevokedUsers(state({}, { revoked }), state({}), NOW + 60), {});
  });

  it("should revoke the signatures of each of a role's keys when a user is removed during a rotation", () => {
    const before = state(
      { u: user({ role: "reader", signingKey: "reader 2" }) },
      {
        roles: { reader: { signingKey: "reader 2" } },
        previous: { roles: { reader: [{ signingKey: "reader", until: NOW + 60 }] } },
      },
    );
    assert.deepEqual(keysOf(getRevokedUsers(before, { ...before, users: {} }, NOW)), {
      U: [NOW, "reader", "reader 2"],
    });
  });

  it("should revoke the replaced key of a user with a role when its overlap ends or the user changes", () => {
    const overlap = { users: { u: [{ publicKey: "U", until: "changed" as const }] } };
    const next = (more: Partial<User> = {}) => ({
      u: user({ publicKey: "U2", role: "reader", issuedAt: NOW, ...more }),
    });
    const rotated = state(next(), { previous: overlap });
    assert.deepEqual(getRevokedUsers(OF_READER, rotated, NOW), {}, "it goes on working for now");
    assert.deepEqual(keysOf(getRevokedUsers(rotated, state(next()), NOW + 60)), { U: [NOW + 60, "reader"] });
    const other = state(next({ tags: ["a:b"], issuedAt: NOW + 55 }), { previous: overlap });
    assert.deepEqual(keysOf(getRevokedUsers(rotated, other, NOW + 60)), {
      U: [NOW + 60, "reader"],
      U2: [NOW + 54, "reader"],
    });
  });

  it("should leave a JWT valid exactly when it matches the program, after any history", () => {
    const life = fc.array(
      fc.record({
        wait: fc.integer({ min: 1, max: 5 }),
        role: fc.constantFrom("reader", "writer", undefined, "gone"),
        tag: fc.constantFrom("a:1", "a:2"),
        bearer: fc.boolean(),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(life, (steps) => {
        let now = NOW;
        let last: State | undefined;
        let alone = 0;
        let wasBearer = false;
        const issued: { terms: string; key: string; iat: number }[] = [];
        for (const { wait, role, tag, bearer } of steps) {
          now += wait;
          const terms = `${role ?? "alone"} ${tag}`;
          const held = issued.at(-1);
          const isExposed = bearer && !wasBearer;
          const stays = last?.users.u !== undefined && held?.terms === terms && !isExposed;
          wasBearer = bearer;
          if (role !== "gone" && !stays) {
            issued.push({ terms, key: role ?? `alone ${(alone += 1)}`, iat: now });
          }
          const own = issued.at(-1);
          const users: Record<string, User> =
            role === "gone" || own === undefined
              ? {}
              : {
                  u: {
                    ...{ publicKey: "U", signingKey: own.key, issuedAt: own.iat, tags: [tag] },
                    ...(role === undefined ? { bearer } : { role }),
                  },
                };
          const after = state(users, { roles: { reader: { ...READER, bearer }, writer: { ...WRITER, bearer } } });
          const revoked = getRevokedUsers(last, after, now + 1);
          last = { ...after, revoked };

          const listed = ["reader", "writer", ...Object.values(users).map(({ signingKey }) => signingKey)];
          const works = issued.filter(({ key, iat }) => listed.includes(key) && iat > (revoked.U?.at ?? -1));
          assert.deepEqual(works, role === "gone" ? [] : [own]);
        }
      }),
    );
  });
});
