import assert from "node:assert/strict";
import { Account, AuthConfiguration, Operator, UserSet, type SignedReference } from "../../../provider";
import { signReference } from "../../../provider/jwt/reference";
import { readToken } from "../../../provider/jwt/sign";
import { closingGates, reasonOf } from "../../support/gates";
import { keyOf, pairOf, seedOf } from "../../support/keys";
import { mockEngine, ofType, valueOf } from "../../support/mocks";
import { throughState } from "../../support/references";
import { codesAndPathsIn } from "../reports";
import { OPERATOR } from "./team";

const ROLE = {
  seed: seedOf("account", "device"),
  permissions: { publish: { allow: ["{{tag(site)}}.{{name()}}.>"] } },
};
const SETTINGS = {
  seed: seedOf("account", "fleet"),
  roles: { device: ROLE },
  users: { ann: { role: "device" as const, tags: ["site:s0"], seed: seedOf("user", "ann") } },
};
const COUNT = 200;

/** Users with given keys, so that two programs render the same. Every second one has a lifetime. */
const USERS = Object.fromEntries(
  Array.from({ length: COUNT }, (_, index) => [
    `d-${index}`,
    {
      publicKey: keyOf("user", `d-${index}`),
      tags: [`site:s${index % 3}`],
      ...(index % 2 === 0 ? { lifetime: "90d", renewBefore: "30d" } : {}),
    },
  ]),
);

function fleet(settings: object): Account {
  const account = new Account("fleet", { ...SETTINGS, ...settings });
  new UserSet("devices", { account, role: "device", users: USERS, notBefore: "2026-01-01" });
  return account;
}

async function exportedFleet(): Promise<SignedReference> {
  await mockEngine();
  return throughState((await valueOf(fleet({}).reference)) ?? assert.fail("without a reference"));
}

describe("sets of accounts across stacks", () => {
  closingGates();

  const inCluster = async (accountOf: (operator: Operator) => Account, more: object = {}) => {
    await mockEngine();
    const operator = new Operator("KO", OPERATOR);
    const account = accountOf(operator);
    const auth = new AuthConfiguration("nats", { operator, accounts: [account], parity: { mode: "lenient", ...more } });
    return { account, auth };
  };
  const referenced = (reference: SignedReference, more?: object) =>
    inCluster((operator) => Account.fromReference("fleet", { reference, operator }), more);

  it("should stay sets: the servers and the parity report are those of one program", async () => {
    const reference = await exportedFleet();
    assert.equal(reference.version, 2);
    assert.deepEqual(Object.keys(reference.account.users), ["ann"]);
    const of = async ({ account, auth }: { account: Account; auth: AuthConfiguration }) => ({
      text: await valueOf(auth.static.authorization),
      nats: readToken(await valueOf(account.jwt)).nats,
      parity: await valueOf(auth.parity),
    });
    const one = await of(await inCluster((operator) => fleet({ operator })));
    const other = await of(await referenced(reference));
    assert.equal(other.text, one.text);
    assert.ok(other.text.includes(keyOf("user", "d-1")));
    assert.deepEqual(other.nats, one.nats);
    assert.deepEqual(other.parity, one.parity);
    assert.deepEqual(
      other.parity.rows.flatMap(({ name, value }) => (name.startsWith("fleet.sets.") ? [[name, value]] : [])),
      [
        ["fleet.sets.devices", undefined],
        ["fleet.sets.devices.role", '"device"'],
        ["fleet.sets.devices.count", `${COUNT}`],
        ["fleet.sets.devices.lifetime", '["90d"]'],
        ["fleet.sets.devices.notBefore", '["2026-01-01T00:00:00Z"]'],
      ],
    );
  });

  it("should report a lifetime of their users once, by the set", async () => {
    const reference = await exportedFleet();
    const { auth } = await referenced(reference, { mode: "strict" });
    assert.deepEqual(codesAndPathsIn((await reasonOf(auth.gate)) ?? ""), ["NA2001 fleet.sets.devices.lifetime"]);
  });

  it("should not be registered as thousands of users, neither by the component nor by the claims", async () => {
    const reference = await exportedFleet();
    await valueOf((await referenced(reference)).account.jwt);
    const inputsOf = (type: string) => ofType(type).find(({ name }) => name === "fleet")?.inputs ?? {};
    assert.deepEqual(Object.keys(inputsOf("Account").users as object), ["ann"]);
    assert.deepEqual(inputsOf("Account").sets, {
      devices: { role: "device", count: COUNT, lifetime: ["90d"], notBefore: ["2026-01-01T00:00:00Z"] },
    });
    assert.deepEqual(Object.keys(inputsOf("AccountClaims").users as object), ["ann"]);
    for (const type of ["Account", "AccountClaims"]) {
      assert.doesNotMatch(JSON.stringify(inputsOf(type)), /d-1\b/);
    }
  });

  it("should have single users in the references of earlier versions", async () => {
    const { sets: _, ...rest } = await exportedFleet();
    const ofSet = Object.entries(USERS).map(([name, { publicKey, tags }]) => {
      return [name, { publicKey, tags, role: "device", signingKey: keyOf("account", "device"), issuedAt: 1 }] as const;
    });
    const account = { ...rest.account, users: { ...rest.account.users, ...Object.fromEntries(ofSet) } };
    const reference = signReference({ ...rest, version: 1, account }, pairOf("account", "fleet"));
    const { account: read, auth } = await referenced(reference);
    assert.ok((await valueOf(auth.static.authorization)).includes(keyOf("user", "d-1")));
    await valueOf(read.jwt);
    const { inputs } = ofType("Account").find(({ name }) => name === "fleet") ?? {};
    // As of an account that declares so many users.
    assert.equal(inputs?.users, undefined);
  });

  it("should not change the version of the reference of an account without sets", async () => {
    await mockEngine();
    const reference = await valueOf(new Account("fleet", SETTINGS).reference);
    assert.equal(reference?.version, 1);
    assert.ok(!("sets" in reference));
  });

  it("should be checked like users of this program, since their stack can run any program", async () => {
    const { sets, ...rest } = await exportedFleet();
    const devices = sets?.devices ?? assert.fail("without a set");
    const key = keyOf("user", "d-0");
    const one = { ...devices, users: "d-0\n", keys: `d-0 ${key}\n` };
    const found = async (changed: Readonly<Record<string, object>>) => {
      const content = { ...rest, sets: changed } as unknown as SignedReference;
      const reference = signReference(content, pairOf("account", "fleet"));
      await mockEngine();
      const account = Account.fromReference("fleet", { reference, operator: new Operator("KO", OPERATOR) });
      return codesAndPathsIn((await reasonOf(account.gate)) ?? "");
    };
    const role = { permissions: {} };
    assert.deepEqual(await found({ devices }), []);
    assert.deepEqual(await found({ devices: 5 as never }), ["NA4101 reference.sets.devices"]);
    assert.deepEqual(await found({ devices: { ...one, seed: 1, role } }), ["NA4101 reference.sets.devices.seed"]);
    const malformed = [{ users: '"d-0\\u" {}\n' }, { users: "d-0 {\n" }, { keys: "" }, { keys: `d-1 ${key}\n` }];
    for (const texts of malformed) {
      assert.deepEqual(await found({ devices: { ...one, ...texts } }), ["NA4101 reference.sets.devices"]);
    }
    const of = async (users: string, more: object = {}) => found({ devices: { ...one, users, ...more } });
    assert.deepEqual(await of("d-0 5\n"), ["NA1003 reference.sets.devices.users.d-0"]);
    assert.deepEqual(await of('d-0 {"odd":1}\n'), ["NA1001 reference.sets.devices.users.d-0.odd"]);
    assert.deepEqual(await of('d-0 {"tags":["a b:c\\n"]}\n'), ["NA1011 reference.sets.devices.users.d-0.tags[0]"]);
    assert.deepEqual(await of("ann\n", { keys: `ann ${key}\n` }), ["NA1902 reference.sets.devices.users.ann"]);
    assert.deepEqual(await of('"" {}\n', { keys: `"" ${key}\n` }), ['NA1401 reference.sets.devices.users[""]']);
    assert.deepEqual(await found({ devices: one, others: one }), ["NA1902 reference.sets.others.users.d-0"]);
    assert.deepEqual(await found({ devices: { ...one, shared: { lifetime: "often" } } }), [
      "NA1311 reference.sets.devices.lifetime",
    ]);
    assert.deepEqual(await found({ devices: { ...one, keys: "d-0 U\n" } }), [
      "NA1302 reference.account.users.d-0.publicKey",
    ]);
    assert.deepEqual(await found({ devices: { ...one, keys: `d-0 ${keyOf("user", "ann")}\n` } }), [
      "NA1710 reference.account.users.d-0.publicKey",
    ]);
    assert.deepEqual(await found({ devices: { ...one, role: "missing" } }), [
      "NA1403 reference.account.users.d-0.role",
    ]);
  });

  it("should not use the key of another account of the cluster", async () => {
    const reference = await exportedFleet();
    await mockEngine();
    const operator = new Operator("KO", OPERATOR);
    const account = Account.fromReference("fleet", { reference, operator });
    const own = new Account("own", { operator, users: { u: { publicKey: keyOf("user", "d-7") } } });
    const auth = new AuthConfiguration("nats", { operator, accounts: [own, account], parity: { mode: "lenient" } });
    assert.deepEqual(codesAndPathsIn((await reasonOf(auth.gate)) ?? ""), [
      'NA1710 accounts[1]("fleet").reference.sets.devices.users.d-7',
    ]);
  });
});
