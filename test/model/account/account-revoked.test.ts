import assert from "node:assert/strict";
import fc from "fast-check";
import type { Account } from "../../../provider/model/account/account";
import { accountRevoked } from "../../../provider/model/account/account-revoked";
import type { AccountRevoked } from "../../../provider/model/account/account";
import { timeText } from "../../../provider/model/keys/lifetime";
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

/** Revoked, with the keys that signed alone. */
function keysOf(revoked: AccountRevoked): Record<string, [number, ...string[]]> {
  return Object.fromEntries(
    Object.entries(revoked).map(([key, { at, by }]) => [key, [at, ...by.map(({ signingKey }) => signingKey)]]),
  );
}

describe("what an account revokes", () => {
  it("should be nothing when it is new, and nothing when all stay", () => {
    assert.deepEqual(accountRevoked(undefined, OF_READER, NOW), {});
    assert.deepEqual(accountRevoked(OF_READER, OF_READER, NOW), {});
  });

  it("should be a user of a role who is gone, from the time of the update on", () => {
    assert.deepEqual(keysOf(accountRevoked(OF_READER, state({}), NOW)), { U: [NOW, "reader"] });
  });

  it("should be all that was issued, even by a clock that was ahead", () => {
    const ahead = state({ u: user({ role: "reader", issuedAt: NOW + 60 }) });
    assert.deepEqual(keysOf(accountRevoked(ahead, state({}), NOW)), { U: [NOW + 60, "reader"] });
  });

  it("should be no user whose key signed for nobody else", () => {
    assert.deepEqual(accountRevoked(state({ u: user() }), state({}), NOW), {});
    assert.deepEqual(
      accountRevoked(state({ u: user() }), state({ u: user({ tags: ["a:b"], signingKey: "other" }) }), NOW),
      {},
    );
  });

  for (const [what, now] of [
    ["has another role", { u: user({ role: "writer", issuedAt: NOW }) }],
    ["has no role any more", { u: user({ issuedAt: NOW }) }],
    ["has other tags", { u: user({ role: "reader", tags: ["a:b"], issuedAt: NOW }) }],
    ["has another name", { v: user({ role: "reader", issuedAt: NOW }) }],
    ["has an end", { u: user({ role: "reader", issuedAt: NOW, expires: timeText(NOW + 60) }) }],
    ["has another beginning", { u: user({ role: "reader", issuedAt: NOW, notBefore: timeText(NOW + 60) }) }],
  ] as [string, Record<string, User>][]) {
    it(`should be the JWTs before the present one when a user ${what}`, () => {
      const revoked = accountRevoked(OF_READER, state(now), NOW + 5);
      assert.deepEqual(keysOf(revoked), { U: [NOW - 1, "reader"] });
      const again = accountRevoked(state(now, { revoked }), state(now), NOW + 100);
      assert.deepEqual(again, revoked, "it must not change by itself");
    });
  }

  it("should not be a JWT that is renewed, and holds longer", () => {
    const expires = (end: number, issuedAt: number) =>
      state({ u: user({ role: "reader", issuedAt, expires: timeText(end) }) });
    assert.deepEqual(accountRevoked(expires(NOW + 60, NOW - 10), expires(NOW + 120, NOW), NOW), {});
    assert.deepEqual(keysOf(accountRevoked(expires(NOW + 120, NOW - 10), expires(NOW + 60, NOW), NOW)), {
      U: [NOW - 1, "reader"],
    });
  });

  it("should spare the new JWT of a user who comes back, and no other", () => {
    const revoked = accountRevoked(OF_READER, state({}), NOW);
    const back = state({ u: user({ role: "reader", issuedAt: NOW + 50 }) });
    assert.deepEqual(keysOf(accountRevoked(state({}, { revoked }), back, NOW + 60)), { U: [NOW, "reader"] });
    const early = state({ u: user({ role: "reader", issuedAt: NOW - 5 }) });
    assert.deepEqual(keysOf(accountRevoked(state({}, { revoked }), early, NOW + 60)), { U: [NOW - 6, "reader"] });
  });

  it("should be forgotten with the key that signed, however long that goes on working", () => {
    const revoked = accountRevoked(OF_READER, state({}), NOW);
    const gone = state({}, { roles: { writer: WRITER } });
    assert.deepEqual(accountRevoked(state({}, { revoked }), gone, NOW + 1), {});
    const rotated = { reader: { signingKey: "reader 2" } };
    const overlap = { roles: { reader: [{ signingKey: "reader", until: "changed" as const }] } };
    assert.deepEqual(
      accountRevoked(state({}, { revoked }), state({}, { roles: rotated, previous: overlap }), NOW + 1),
      revoked,
    );
    assert.deepEqual(accountRevoked(state({}, { revoked }), state({}, { roles: rotated }), NOW + 1), {});
  });

  it("should be forgotten when the last JWT has come to its end", () => {
    const ends = state({ u: user({ role: "reader", expires: timeText(NOW + 60) }) });
    const revoked = accountRevoked(ends, state({}), NOW);
    assert.deepEqual(revoked, { U: { at: NOW, by: [{ signingKey: "reader", expires: NOW + 60 }] } });
    assert.deepEqual(accountRevoked(state({}, { revoked }), state({}), NOW + 59), revoked);
    assert.deepEqual(accountRevoked(state({}, { revoked }), state({}), NOW + 60), {});
  });

  it("should be what each of a role's keys signed, when the user goes during its rotation", () => {
    const before = state(
      { u: user({ role: "reader", signingKey: "reader 2" }) },
      {
        roles: { reader: { signingKey: "reader 2" } },
        previous: { roles: { reader: [{ signingKey: "reader", until: NOW + 60 }] } },
      },
    );
    assert.deepEqual(keysOf(accountRevoked(before, { ...before, users: {} }, NOW)), { U: [NOW, "reader", "reader 2"] });
  });

  it("should be the key of a user of a role that was replaced, when its overlap ends or the user changes", () => {
    const overlap = { users: { u: [{ publicKey: "U", until: "changed" as const }] } };
    const next = (more: Partial<User> = {}) => ({
      u: user({ publicKey: "U2", role: "reader", issuedAt: NOW, ...more }),
    });
    const rotated = state(next(), { previous: overlap });
    assert.deepEqual(accountRevoked(OF_READER, rotated, NOW), {}, "it goes on working for now");
    assert.deepEqual(keysOf(accountRevoked(rotated, state(next()), NOW + 60)), { U: [NOW + 60, "reader"] });
    const other = state(next({ tags: ["a:b"], issuedAt: NOW + 55 }), { previous: overlap });
    assert.deepEqual(keysOf(accountRevoked(rotated, other, NOW + 60)), {
      U: [NOW + 60, "reader"],
      U2: [NOW + 54, "reader"],
    });
  });

  it("should leave a JWT valid exactly when it says what the program says, whatever came before", () => {
    const life = fc.array(
      fc.record({
        wait: fc.integer({ min: 1, max: 5 }),
        role: fc.constantFrom("reader", "writer", undefined, "gone"),
        tag: fc.constantFrom("a:1", "a:2"),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(life, (steps) => {
        let now = NOW;
        let last: State | undefined;
        let alone = 0;
        const issued: { says: string; key: string; iat: number }[] = [];
        for (const { wait, role, tag } of steps) {
          now += wait;
          const says = `${role ?? "alone"} ${tag}`;
          const held = issued.at(-1);
          const stays = last?.users.u !== undefined && held?.says === says;
          if (role !== "gone" && !stays) {
            issued.push({ says, key: role ?? `alone ${(alone += 1)}`, iat: now });
          }
          const own = issued.at(-1);
          const users: Record<string, User> =
            role === "gone" || own === undefined
              ? {}
              : { u: { publicKey: "U", signingKey: own.key, issuedAt: own.iat, tags: [tag], ...(role && { role }) } };
          const after = state(users);
          const revoked = accountRevoked(last, after, now + 1);
          last = { ...after, revoked };

          const listed = ["reader", "writer", ...Object.values(users).map(({ signingKey }) => signingKey)];
          const works = issued.filter(({ key, iat }) => listed.includes(key) && iat > (revoked.U?.at ?? -1));
          assert.deepEqual(works, role === "gone" ? [] : [own]);
        }
      }),
    );
  });
});
