import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Operator, type AccountArgs } from "../../provider";
import { keyPath } from "../../provider/diagnostics/diagnostic";
import type { Gate } from "../../provider/components/validation";
import { closingGates, collectRejections, reasonOf } from "../support/gates";
import { codesAndPathsIn } from "./reports";

/** Names that Pulumi cannot process as keys of an object. */
const RESERVED = ["toString", "__proto__", "4dabf18193072939515e22adb298388d"];

/** Other names of JavaScript, Pulumi and this package. */
const NAMES = [
  ...["constructor", "hasOwnProperty", "valueOf", "toJSON", "then", "apply", "length", "prototype", "isSecret"],
  ...[
    "id",
    "urn",
    "name",
    "type",
    "__provider",
    "__details",
    "__pulumiType",
    "__defaults",
    "stateVersion",
    "publicKey",
  ],
];

/** Returns an object with a key that JavaScript would not store if it were assigned. */
function keyed<T>(key: string, value: T): Record<string, T> {
  return Object.defineProperty({}, key, { value, enumerable: true, configurable: true, writable: true });
}

/** The arguments of an account in which names occur, by the path of the name. */
const PLACES: Readonly<Record<string, (name: string) => Partial<AccountArgs>>> = {
  users: (name) => ({ users: { ...keyed(name, {}), other: {} } }),
  "users, with an output": (name) => ({ users: keyed(name, { bearer: pulumi.output(false) }) }),
  roles: (name) => ({ roles: keyed(name, {}), users: { u: { role: name } } }),
  mappings: (name) => ({ mappings: keyed(name, [{ subject: "s" }]) }),
  "mappings, as an output": (name) => ({ mappings: pulumi.output(keyed(name, [{ subject: "s" }])) }),
  revocations: (name) => ({ revocations: keyed(name, 5) }),
  "exports[0].revocations": (name) => ({
    exports: [{ subject: "s", type: "stream", importers: [], revocations: keyed(name, 5) }],
  }),
};

describe("names that objects have", () => {
  closingGates();
  const unhandled = collectRejections();

  /** Returns the problems of components, and everything else that fails. */
  async function failures(create: () => readonly { readonly gate: Gate }[]): Promise<string[]> {
    const reasons = await Promise.all(create().map(({ gate }) => reasonOf(gate)));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const others = unhandled.map((error) => String((error as Error).stack));
    const unexpected = others.filter((text) => !/^Error: \w+ ".*" has \d+ problems?:/.test(text));
    return [...reasons.flatMap(codesAndPathsIn), ...unexpected];
  }

  const newOperator = (name = "KO") => new Operator(name, { systemAccount: { users: { sys: {} } } });

  for (const name of RESERVED) {
    for (const [place, args] of Object.entries(PLACES)) {
      if (name === "__proto__" && place.endsWith("an output")) {
        // Pulumi loses it when the output is created.
        continue;
      }
      it(`should be reported and nothing else: ${name} in ${place}`, async () => {
        const [path = ""] = place.split(",");
        const operator = newOperator();
        const found = await failures(() => [new Account("A", { operator, ...args(name) })]);
        const expected = new RegExp(`^NA1013 ${path.replace(/[[\]]/g, "\\$&")}[.[]"?${name}`);
        assert.equal(found.filter((text) => expected.test(text)).length, 1, found.join("\n"));
        // The name is not a public key, and the role of a user is missing.
        assert.deepEqual(
          found.filter((text) => !expected.test(text) && !/^NA(1331|1403) /.test(text)),
          [],
        );
      });
    }

    it(`should be reported and nothing else: ${name} as a property of all arguments`, async () => {
      const found = await failures(() => {
        const operator = new Operator("KO", keyed(name, {}));
        const account = new Account("A", { operator, ...keyed(name, {}) });
        const args = { operator, accounts: [account], parity: { accept: keyed(name, "a reason") }, ...keyed(name, {}) };
        return [operator, account, new MixedAuthCluster("nats", args)];
      });
      const path = keyPath("", name);
      assert.deepEqual(
        found.filter((text) => text.startsWith("NA1013")),
        [path, path, path, keyPath("parity.accept", name)].map((at) => `NA1013 ${at}`),
      );
      assert.deepEqual(
        found.filter((text) => !/^NA(1013|1709) /.test(text)),
        [],
      );
    });
  }

  it("should be reported for the system account by its operator", async () => {
    const found = await failures(() => {
      const operator = new Operator("KO", { systemAccount: { users: { ...keyed("toString", {}), sys: {} } } });
      return [operator, operator.systemAccount];
    });
    assert.deepEqual(found, ["NA1013 systemAccount.users.toString"]);
  });

  it("should be accepted if Pulumi can process them", async function () {
    this.timeout(30_000);
    const each = <T>(of: (name: string) => T) => Object.fromEntries(NAMES.map((name) => [name, of(name)]));
    const found = await failures(() => {
      const operator = newOperator();
      const users = each((role) => ({ role }));
      const mappings = each((name) => [{ subject: `to.${name}` }]);
      const account = new Account("A", { operator, users, roles: each(() => ({})), mappings });
      return [account, new MixedAuthCluster("nats", { operator, accounts: [account] })];
    });
    assert.deepEqual(found, []);
  });

  for (const name of ["toString", "__proto__", "constructor", "id"]) {
    it(`should be accepted as the name of an operator, an account and a cluster: ${name}`, async () => {
      const found = await failures(() => {
        const operator = newOperator(name);
        const shared = { subject: "s", type: "stream" as const };
        const account = new Account(name, { operator, exports: [{ ...shared, importers: ["B"] }] });
        const b = new Account("B", { operator, imports: [{ account, ...shared }] });
        return [operator, account, b, new MixedAuthCluster("nats", { operator, accounts: [account, b] })];
      });
      assert.deepEqual(found, []);
    });
  }
});
