import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Account, Nkey, Operator } from "../../provider";
import { mergeAdopted, readStaticConfig, Unreadable, type Adopted, type OmittedKeys } from "../../provider/adopt";
import type { AccountSettings } from "../../provider/components/account/account-args";
import { codesAndPaths } from "../support/diagnostics";
import { keyOf } from "../support/keys";
import { temporaryFolder } from "../support/local-server";
import { mockEngine, valueOf } from "../support/mocks";
import { collectWarnings } from "../support/warnings";

const [A, B] = [keyOf("account", "A"), keyOf("account", "B")];
const [U, V] = [keyOf("user", "u"), keyOf("user", "v")];

/** Accounts with their keys and the keys of their users. */
type Accounts = Readonly<Record<string, { key: string; settings?: AccountSettings; users?: Record<string, string> }>>;

function adopted(accounts: Accounts, omitted?: OmittedKeys): Adopted {
  const entries = Object.entries(accounts).map(([name, { key, settings = {}, users = {} }]) => {
    const byKey = Object.entries(users).map(([user, publicKey]) => [user, { publicKey }] as const);
    return { name, settings: { ...settings, users: Object.fromEntries(byKey) }, keys: { account: key, users } };
  });
  return {
    operator: {},
    accounts: Object.fromEntries(entries.map(({ name, settings }) => [name, settings])),
    keys: Object.fromEntries(entries.map(({ name, keys }) => [name, keys])),
    ...(omitted && { omitted }),
    leftOut: [],
  };
}

function problemsOf(merge: () => Adopted): string[] {
  try {
    merge();
  } catch (error) {
    assert.ok(error instanceof Unreadable);
    return codesAndPaths(error.diagnostics);
  }
  return [];
}

const importOf = (accountName: string, publicKey: string, subject: string) =>
  ({ account: { accountName, publicKey }, subject, type: "service" }) as const;

describe("merging a store and a configuration", () => {
  const warnings = collectWarnings();

  it("should leave out a user that the store does not admit", () => {
    const store = adopted({ A: { key: A } }, { accounts: [], users: { [A]: [U] } });
    const merged = mergeAdopted(store, adopted({ [A]: { key: A, users: { u: U, v: V } } }));
    assert.deepEqual(Object.keys(merged.accounts.A?.users ?? {}), ["v"]);
    assert.deepEqual(merged.keys.A, { account: A, users: { v: V } });
    assert.deepEqual(codesAndPaths(merged.leftOut), ["NA3076 accounts.A.users.u", "NA3077 accounts.A.users.v"]);
  });

  it("should leave out such a user in any other account", () => {
    const store = adopted({ A: { key: A } }, { accounts: [], users: { [A]: [U] } });
    const merged = mergeAdopted(store, adopted({ B: { key: B, users: { u: U } } }));
    assert.deepEqual(merged.accounts.B?.users, {});
    assert.ok(codesAndPaths(merged.leftOut).includes("NA3076 accounts.B.users.u"));
  });

  it("should reject such a user as the authorization service of another account", () => {
    const store = adopted({ A: { key: A } }, { accounts: [], users: { [A]: [U] } });
    const settings = { authorization: { users: ["u"], issuer: A } };
    const merge = () => mergeAdopted(store, adopted({ B: { key: B, settings, users: { u: U } } }));
    assert.throws(merge, (error) => {
      assert.ok(error instanceof Unreadable);
      assert.deepEqual(codesAndPaths(error.diagnostics), ["NA3075 accounts.B.users.u"]);
      return true;
    });
  });

  it("should leave out an account that the store does not admit, with all that others share with it", () => {
    const store = adopted({}, { accounts: [A], users: { [A]: [U] } });
    const exports = [{ subject: "b", type: "service", importers: ["A"] }] as const;
    const file = adopted({
      A: { key: A, settings: { imports: [importOf("B", B, "b")] }, users: { u: U } },
      B: { key: B, settings: { exports, imports: [importOf("A", A, "a")] }, users: { v: V } },
    });
    const merged = mergeAdopted(store, file);
    assert.deepEqual(Object.keys(merged.accounts), ["B"]);
    assert.deepEqual(merged.accounts.B?.exports, [{ ...exports[0], importers: [] }]);
    assert.deepEqual(merged.accounts.B.imports, []);
    assert.deepEqual(codesAndPaths(merged.leftOut), [
      "NA3076 accounts.A",
      "NA3076 accounts.B.imports[0]",
      "NA3077 accounts.B",
    ]);
  });

  it("should leave out an import that the store's account does not permit", () => {
    const service = (subject: string) => ({ subject, type: "service" }) as const;
    const store = adopted({
      A: { key: A, settings: { exports: [service("public"), { ...service("b"), importers: [] }] } },
    });
    const imports = ["public", "b", "extra"].map((subject) => importOf("A", A, subject));
    const file = adopted({
      A: { key: A, settings: { exports: ["public", "b", "extra"].map(service) } },
      B: { key: B, settings: { imports }, users: { v: V } },
    });
    const merged = mergeAdopted(store, file);
    assert.deepEqual(
      merged.accounts.B?.imports?.map(({ subject }) => subject),
      ["public"],
    );
    assert.deepEqual(
      codesAndPaths(merged.leftOut).filter((found) => found.startsWith("NA3078")),
      ["NA3078 accounts.B.imports[1].subject", "NA3078 accounts.B.imports[2].subject"],
    );
  });

  it("should not permit an import again whose activation the store has revoked", () => {
    const secret = { subject: "a", type: "service" } as const;
    const store = adopted({
      A: { key: A, settings: { exports: [{ ...secret, importers: [], revocations: { [B]: 1760000000 } }] } },
    });
    const file = adopted({
      A: { key: A, settings: { exports: [{ ...secret, importers: ["B"] }] } },
      B: { key: B, settings: { imports: [importOf("A", A, "a")] }, users: { v: V } },
    });
    const merged = mergeAdopted(store, file);
    assert.deepEqual(merged.accounts.B?.imports, []);
    assert.ok(codesAndPaths(merged.leftOut).includes("NA3078 accounts.B.imports[0].subject"));
  });

  describe("with subjects that contain the key of a new account", () => {
    const SYS = keyOf("account", "SYS");
    let folder: string;

    beforeEach(async () => {
      await mockEngine();
      folder = temporaryFolder("merge");
    });

    afterEach(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    function read(text: string): Adopted {
      const file = join(folder, "nats.conf");
      writeFileSync(file, text);
      return readStaticConfig({ file, accountKey: (name) => new Nkey(name, { kind: "account" }) });
    }

    async function modelsOf({ operator: args, accounts }: Adopted) {
      const operator = new Operator("KO", args);
      const all = Object.entries(accounts).map(([name, own]) => new Account(name, { operator, ...own }));
      return Object.fromEntries(
        await Promise.all(all.map(async ({ accountName, model }) => [accountName, await valueOf(model)] as const)),
      );
    }

    it("should import the events of the new account from the store's system account", async () => {
      const system = { name: "SYS", publicKey: SYS, exports: [{ type: "stream", subject: "$SYS.ACCOUNT.>" }] } as const;
      const keys = { SYS: { account: SYS, users: {} } };
      const store: Adopted = { ...adopted({}), operator: { systemAccount: system }, keys };
      const merged = mergeAdopted(
        store,
        read(`accounts {
          SYS { exports: [ { stream: "$SYS.ACCOUNT.>" }, { stream: "$SYS.ACCOUNT.APP.CONNECT" } ] }
          APP { users: [ { nkey: ${U} } ] }
          MON { imports: [ { stream: { account: SYS, subject: "$SYS.ACCOUNT.APP.>" } } ], users: [ { nkey: ${V} } ] }
        }
        system_account: SYS`),
      );
      assert.deepEqual(
        codesAndPaths(merged.leftOut).filter((found) => found.startsWith("NA3073 accounts.SYS.")),
        ['NA3073 accounts.SYS.exports["stream $SYS.ACCOUNT.APP.CONNECT"]'],
      );
      const { APP, MON } = await modelsOf(merged);
      assert.deepEqual(
        MON?.imports?.map(({ subject }) => subject),
        [`$SYS.ACCOUNT.${APP?.publicKey ?? ""}.>`],
      );
    });

    for (const [what, name] of [
      ["without a key", "OLD"],
      ["with another key", keyOf("account", "OLD")],
    ] as const) {
      it(`should use the store's system account in subjects when the file's is one ${what}`, async () => {
        const permissions = { subscribe: { allow: [`$SYS.ACCOUNT.${SYS}.CONNECT`] } };
        const system = {
          name: "SYS",
          publicKey: SYS,
          exports: [{ type: "stream", subject: "$SYS.ACCOUNT.>" }],
          users: { u: { publicKey: U, permissions } },
        } as const;
        const store: Adopted = {
          ...adopted({}),
          operator: { systemAccount: system },
          keys: { SYS: { account: SYS, users: { u: U } } },
        };
        const W = keyOf("user", "w");
        const merged = mergeAdopted(
          store,
          read(`accounts {
            ${name} {
              exports: [ { stream: "$SYS.ACCOUNT.>" } ]
              users: [
                { nkey: ${U}, permissions: { subscribe: "$SYS.ACCOUNT.${name}.CONNECT" } }
                { nkey: ${W}, permissions: { subscribe: [ "$SYS.ACCOUNT.${name}.CONNECT", "$SYS.ACCOUNT.MON.>" ] } }
              ]
            }
            MON { imports: [ { stream: { account: ${name}, subject: "$SYS.ACCOUNT.${name}.>" } } ], users: [ { nkey: ${V} } ] }
          }
          system_account: ${name}`),
        );
        const { MON } = await modelsOf(merged);
        assert.deepEqual(
          MON?.imports?.map(({ account, subject }) => [account, subject]),
          [[SYS, `$SYS.ACCOUNT.${SYS}.>`]],
        );
        const { users = {} } = merged.operator.systemAccount ?? {};
        assert.deepEqual(users.u, { publicKey: U, permissions });
        assert.deepEqual(await valueOf(pulumi.output(users[W]?.permissions)), {
          subscribe: { allow: [`$SYS.ACCOUNT.${SYS}.CONNECT`, `$SYS.ACCOUNT.${MON.publicKey}.>`] },
        });
      });
    }

    it("should keep an export of the new account's events, and its importers", async () => {
      const merged = mergeAdopted(
        adopted({ B: { key: B } }),
        read(`accounts {
          SYS { exports: [ { stream: "$SYS.ACCOUNT.APP.CONNECT", accounts: [MON] } ] }
          APP { users: [ { nkey: ${U} } ] }
          MON { users: [ { nkey: ${V} } ] }
        }
        system_account: SYS`),
      );
      const { APP } = await modelsOf(merged);
      const [entry] = (merged.operator.systemAccount?.exports ?? []) as readonly Record<
        string,
        pulumi.Input<unknown>
      >[];
      assert.deepEqual(entry?.importers, ["MON"]);
      assert.equal(await valueOf(pulumi.output(entry.subject)), `$SYS.ACCOUNT.${APP?.publicKey ?? ""}.CONNECT`);
    });
  });

  for (const [type, term] of [
    ["service", "share"],
    ["stream", "allowTrace"],
  ] as const) {
    it(`should name \`${term}\` of an import, which is a security gap if only the store has it`, () => {
      const exporter = { key: B, settings: { exports: [{ subject: "b", type }] } };
      const sourceOf = (more: object) => {
        const imports = [{ ...importOf("B", B, "b"), type, ...more }];
        return adopted({ A: { key: A, settings: { imports } }, B: exporter });
      };
      const path = `accounts.A.imports["${type} B b"].${term}`;
      const [without, withTerm] = [sourceOf({}), sourceOf({ [term]: true })];
      assert.deepEqual(
        problemsOf(() => mergeAdopted(withTerm, without)),
        [`NA3074 ${path}`],
      );
      assert.deepEqual(codesAndPaths(mergeAdopted(without, withTerm).leftOut), [`NA3073 ${path}`]);
      assert.deepEqual(mergeAdopted(withTerm, withTerm).leftOut, []);
    });
  }

  it("should keep the key that signs activations where the store has a role of this name", () => {
    const withRole = (publicKey: string) =>
      adopted({ A: { key: A, settings: { roles: { activations: { publicKey } } } } });
    const [stored, own] = [keyOf("account", "stored role"), keyOf("account", "own role")];
    const { roles } = mergeAdopted(withRole(stored), withRole(own)).accounts.A ?? {};
    assert.deepEqual(roles, { "activations-of-file": { publicKey: own }, activations: { publicKey: stored } });
  });

  describe("with the same access in other terms", () => {
    const permissions = { publish: { allow: ["a"] } };
    const everything = { publish: { allow: [">"] }, subscribe: { allow: [">"] } };
    const sourceOf = (settings: AccountSettings, name: string, user: object): Adopted => {
      const source = adopted({ A: { key: A, settings, users: { [name]: U } } });
      return { ...source, accounts: { A: { ...settings, users: { [name]: { publicKey: U, ...user } } } } };
    };
    const service = (user: string): AccountSettings => ({ authorization: { users: [user], issuer: B } });
    const defaults: AccountSettings = { defaultPermissions: permissions };

    for (const [what, store, file] of [
      ["an authorization service of another name", sourceOf(service("u"), "u", {}), sourceOf(service(U), U, {})],
      [
        "a role with default permissions",
        sourceOf({ ...defaults, roles: { r: {} } }, "u", { role: "r" }),
        sourceOf(defaults, "u", {}),
      ],
      ["permissions for everything", sourceOf({}, "u", {}), sourceOf({}, "u", { permissions: everything })],
    ] as const) {
      it(`should name no difference of ${what}`, () => {
        assert.deepEqual(mergeAdopted(store, file).leftOut, []);
      });
    }
  });

  it("should name terms whose values are different outputs", () => {
    const trace = () => pulumi.output({ destination: "t" });
    const same = trace();
    const gapsOf = (store: AccountSettings, file: AccountSettings) =>
      problemsOf(() =>
        mergeAdopted(adopted({ A: { key: A, settings: store } }), adopted({ A: { key: A, settings: file } })),
      );
    assert.deepEqual(gapsOf({ trace: trace() }, { trace: trace() }), ["NA3074 accounts.A.trace"]);
    assert.deepEqual(gapsOf({ trace: same }, { trace: same }), []);
  });

  it("should name the accounts and users of one source, also in a warning", () => {
    const merged = mergeAdopted(
      adopted({ A: { key: A, users: { u: U } } }),
      adopted({ [A]: { key: A, users: { v: V } } }),
    );
    assert.deepEqual(codesAndPaths(merged.leftOut), ["NA3077 accounts.A.users.v", "NA3077 accounts.A.users.u"]);
    assert.match(warnings.join("\n"), /accounts\.A\.users\.v: is in the static configuration only.*NA3077/);
  });
});
