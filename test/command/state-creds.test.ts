import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeCreds } from "../../provider/command/creds-folder";
import { findCreds } from "../../provider/command/state-creds";
import { packToken, packUnsigned, readTokenContent } from "../../provider/jwt/packed-token";
import { signSetToken } from "../../provider/jwt/set-jwts";
import { formatCreds } from "../../provider/jwt/sign";
import { keyOf, pairOf, seedOf } from "../support/keys";
import { temporaryFolder } from "../support/local-server";
import { StackState } from "../support/stack-state";
import { STORED_PASSPHRASE } from "../support/stored-state";

const NOW = 1_800_000_000;
const SECRET = "4dabf18193072939515e22adb298388d";
const secret = (value: string) => ({ [SECRET]: "1b47061264138c4ac30d75fd1eb44270", plaintext: JSON.stringify(value) });

/** A state as the engine exports it. */
const stateOf = (resources: readonly (readonly [string, object, object?])[]) => ({
  deployment: {
    resources: resources.map(([type, outputs, more]) => ({
      type: `pulumi-nodejs:dynamic/nats-auth:${type}`,
      outputs,
      ...more,
    })),
  },
});

const ACCOUNT = keyOf("account", "A");
const ROLE = keyOf("account", "role");
const jwtOf = (name: string) =>
  signSetToken(
    { name, publicKey: keyOf("user", name), account: ACCOUNT, issuedAt: NOW - 100 },
    pairOf("account", "role"),
  );
const nkey = (kind: "account" | "user", label: string, more: object = {}) =>
  ["Nkey", { publicKey: keyOf(kind, label), seed: secret(seedOf(kind, label)) }, more] as const;
const user = (name: string) =>
  [
    "User",
    { name, account: ACCOUNT, publicKey: keyOf("user", name), jwt: jwtOf(name), seed: secret(seedOf("user", name)) },
  ] as const;
const packedUser = (name: string) =>
  ["User", { jwt: packToken(jwtOf(name)), seed: secret(seedOf("user", name)) }, { id: keyOf("user", name) }] as const;
const unsignedUser = (name: string) => {
  const jwt = packUnsigned(readTokenContent(jwtOf(name)));
  return ["User", { scope: "shared", jwt, seed: secret(seedOf("user", name)) }, { id: keyOf("user", name) }] as const;
};
const claims = (revocations?: object) =>
  ["AccountClaims", { __details: { name: "A", publicKey: ACCOUNT, revocations } }] as const;
const set = [
  "UserSetKeys",
  {
    users: "d-1\n",
    keys: `d-1 ${keyOf("user", "d-1")}\n`,
    issued: `${NOW - 100}\n`,
    given: secret(`d-1 ${seedOf("user", "d-1")}\n`),
    __details: { name: "devices", account: ACCOUNT, signingKey: ROLE, since: 1 },
  },
] as const;

/** The state that a version of this package wrote, with its secrets in plain text. */
async function openedState(version: number): Promise<object> {
  const { deployment } = JSON.parse(readFileSync(join(__dirname, `../stack/states/${version}/state.json`), "utf8")) as {
    readonly deployment: object;
  };
  const file = join(temporaryFolder("state"), "stack.json");
  writeFileSync(file, JSON.stringify({ checkpoint: { latest: deployment } }));
  return { deployment: { resources: await new StackState(file, STORED_PASSPHRASE).resources() } };
}

describe("the creds in a state", () => {
  it("should be found in states of all versions", async () => {
    for (const version of [1, 2, 3, 4, 5]) {
      const { creds } = await findCreds(await openedState(version), undefined, NOW);
      const users = creds.flatMap(({ account, name }) => (account === "A" ? [name] : []));
      assert.ok(users.includes("test"), `version ${version}`);
      if (version === 5) {
        assert.deepEqual(users.sort(), ["d-1", "d-2", "reads", "sensor", "test"]);
      }
    }
  });

  for (const [shape, declare] of [
    ["a packed JWT", packedUser],
    ["a JWT beside its parts", user],
    ["a JWT that the key of its role signs", unsignedUser],
  ] as const) {
    const role = nkey("account", "role");

    it(`should be those of users with ${shape}`, async () => {
      const { creds } = await findCreds(stateOf([claims(), role, declare("u")]), undefined, NOW);
      const text = formatCreds(jwtOf("u"), seedOf("user", "u"));
      const names = { accountKey: ACCOUNT, account: "A", name: "u", publicKey: keyOf("user", "u") };
      assert.deepEqual(creds, [{ ...names, text }]);
    });

    it(`should not contain those that a revocation of the account ends, with ${shape}`, async () => {
      const revoked = { [keyOf("user", "u")]: NOW - 50 };
      const state = stateOf([claims(revoked), role, declare("u"), declare("v")]);
      const { creds, without } = await findCreds(state, undefined, NOW);
      assert.deepEqual([creds.map(({ name }) => name), without], [["v"], 1]);
    });
  }

  it("should be signed by a role's key that another one is about to replace", async () => {
    const replaced = nkey("account", "role", { delete: true });
    const { creds } = await findCreds(stateOf([claims(), replaced, nkey("account", "next"), set]), "devices", NOW);
    assert.deepEqual(
      creds.map(({ text }) => text),
      [formatCreds(jwtOf("d-1"), seedOf("user", "d-1"))],
    );
    const found = await findCreds(stateOf([claims(), set]), "devices", NOW);
    assert.deepEqual([found.creds, found.without], [[], 1]);
  });

  it("should not contain those that the key of a role signs which is not in the state", async () => {
    const { creds, without } = await findCreds(stateOf([claims(), unsignedUser("u"), user("v")]), undefined, NOW);
    assert.deepEqual([creds.map(({ name }) => name), without], [["v"], 1]);
  });

  it("should come with the names of all accounts, also of those without creds", async () => {
    const other = ["AccountClaims", { name: "A", publicKey: "AB" }] as const;
    const { accounts } = await findCreds(stateOf([claims(), other, user("u")]), "devices", NOW);
    assert.deepEqual(
      [...accounts],
      [
        [ACCOUNT, "A"],
        ["AB", "A"],
      ],
    );
  });

  it("should have the keys of their accounts", async () => {
    const { creds } = await findCreds(stateOf([claims(), user("u")]), undefined, NOW);
    assert.deepEqual(
      creds.map(({ account, accountKey }) => [account, accountKey]),
      [["A", ACCOUNT]],
    );
  });
});

describe("the creds of a user that an interrupted update moves", () => {
  const keyLine = (label: string) => `d-1 ${keyOf("user", label)}\n`;
  /** A set whose user `d-1` has a key. */
  const setOf = (name: string, label: string) =>
    [
      "UserSetKeys",
      {
        users: "d-1\n",
        keys: keyLine(label),
        issued: `${NOW - 100}\n`,
        given: secret(`d-1 ${seedOf("user", label)}\n`),
        __details: { name, account: ACCOUNT, signingKey: ROLE, since: 1 },
      },
    ] as const;
  const single = [
    "User",
    {
      name: "d-1",
      account: ACCOUNT,
      publicKey: keyOf("user", "single"),
      jwt: singleJwt(),
      seed: secret(seedOf("user", "single")),
    },
  ] as const;
  /** Claims that list keys of sets, and of single users. */
  const listing = (sets: readonly string[], users: readonly string[] = []) =>
    [
      ...claims(),
      {
        inputs: {
          __details: { users: Object.fromEntries(users.map((label) => ["d-1", { publicKey: keyOf("user", label) }])) },
          __sets: Object.fromEntries(sets.map((label) => [label, { keys: keyLine(label) }])),
        },
      },
    ] as unknown as readonly [string, object, object];

  const found = async (
    resources: readonly (readonly [string, object, object?])[],
    set?: string,
  ): Promise<[readonly string[], number]> => {
    const state = stateOf([nkey("account", "role"), ...resources]);
    const { creds, without } = await findCreds(state, set, NOW);
    return [creds.map(({ publicKey }) => publicKey), without];
  };

  it("should be those of the key that the claims list, in one file", async () => {
    for (const sets of [
      [setOf("devices", "old"), setOf("sensors", "new")],
      [setOf("sensors", "new"), setOf("devices", "old")],
    ]) {
      assert.deepEqual(await found([listing(["old"]), ...sets]), [[keyOf("user", "old")], 0]);
      assert.deepEqual(await found([listing(["new"]), ...sets]), [[keyOf("user", "new")], 0]);
      assert.deepEqual(await found([listing(["old"]), ...sets], "devices"), [[keyOf("user", "old")], 0]);
      assert.deepEqual(await found([listing(["old"]), ...sets], "sensors"), [[], 0]);
    }
    assert.deepEqual(await found([listing([], ["single"]), single, setOf("devices", "new")]), [
      [keyOf("user", "single")],
      0,
    ]);
    assert.deepEqual(await found([listing(["new"]), single, setOf("devices", "new")]), [[keyOf("user", "new")], 0]);
  });

  it("should be those of the last resource with the same key, or before the claims list one", async () => {
    const same = [setOf("devices", "d-1"), setOf("sensors", "d-1")];
    assert.deepEqual(await found([listing(["d-1"]), ...same]), [[keyOf("user", "d-1")], 0]);
    assert.deepEqual(await found([claims(), setOf("devices", "old"), setOf("sensors", "new")]), [
      [keyOf("user", "new")],
      0,
    ]);
  });
});

describe("the JWTs in a state", () => {
  it("should be those of all users that a server accepts, also without a seed, in files of their own", async () => {
    const { given: _, ...seedless } = set[1];
    const state = stateOf([
      claims({ [keyOf("user", "v")]: NOW - 50 }),
      nkey("account", "role"),
      ["UserSetKeys", seedless],
      user("u"),
      user("v"),
    ]);
    assert.deepEqual((await findCreds(state, "devices", NOW)).creds, []);
    const { creds, accounts, without } = await findCreds(state, undefined, NOW, "jwt");
    assert.deepEqual(
      [creds.map(({ name, text }) => [name, text]), without],
      [
        [
          ["u", jwtOf("u")],
          ["d-1", jwtOf("d-1")],
        ],
        1,
      ],
    );
    const folder = join(temporaryFolder("jwts"), "out");
    const gone = { accountKey: ACCOUNT, account: "A", name: "gone", publicKey: keyOf("user", "gone"), text: "creds" };
    writeCreds(folder, [gone], accounts);
    assert.deepEqual(writeCreds(folder, creds, accounts, "jwt"), []);
    assert.equal(readFileSync(join(folder, "A/d-1.jwt"), "utf8"), jwtOf("d-1"));
    assert.equal(statSync(join(folder, "A/d-1.jwt")).mode & 0o777, 0o600);
    assert.deepEqual(writeCreds(folder, creds.slice(1), accounts, "jwt"), ["A/u.jwt"]);
  });
});

describe("a set in a state", () => {
  it("should be present, also without users", async () => {
    const empty = ["UserSetKeys", { ...set[1], users: "", keys: "", issued: "0\n" }] as const;
    const of = async (name: string) => (await findCreds(stateOf([claims(), empty]), name, NOW)).isPresent;
    assert.deepEqual([await of("devices"), await of("sensors")], [true, false]);
  });
});

/** The JWT of a single user of the name `d-1`. */
function singleJwt(): string {
  const token = { name: "d-1", publicKey: keyOf("user", "single"), account: ACCOUNT, issuedAt: NOW - 100 };
  return signSetToken(token, pairOf("account", "role"));
}
