import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, AuthConfiguration, MixedAuthCluster, Operator, type AccountReference } from "../../provider";
import type { Gate } from "../../provider/components/validation";
import { REPEATED } from "../runner/node-versions";
import { closingGates, collectRejections, reasonOf } from "../support/gates";
import { keyOf } from "../support/keys";
import { SEED } from "../support/seed";
import { codesAndPathsIn } from "./reports";

/** A component as these tests see it. */
type Component = pulumi.ComponentResource & { readonly gate: Gate };

/** Values of the wrong type for most arguments. */
const WRONG: Readonly<Record<string, (operator: Operator) => unknown>> = {
  null: () => null,
  "a number": () => 5,
  "a list of undefined": () => [undefined],
  "an object of objects": () => ({ x: { y: {} } }),
  "an output of undefined": () => pulumi.output(undefined),
  "a big integer": () => 5n,
  "a list of references": () => [{ accountName: "X", publicKey: keyOf("account", "X"), jwt: "eyJ" }],
  "an account": (operator) => operator.systemAccount,
};

/** Every version of Node.js but one tries two of the values, which change from run to run. */
const TRIED = Object.entries(WRONG).filter(
  (_, index) => process.env[REPEATED] === undefined || (index + SEED) % 4 === 0,
);

const ACCOUNT = [
  "operator",
  "name",
  "users",
  "roles",
  "imports",
  "exports",
  "limits",
  "jetstream",
  "mappings",
  "trace",
];
const MORE = ["authorization", "defaultPermissions", "signingKeys", "revocations", "tags", "description", "infoUrl"];
const KEYS = ["key", "seed", "publicKey"];
const CLUSTER = ["operator", "accounts", "clusterName", "staticServer", "operatorServer", "target", "image"];
const CLUSTER_MORE = ["bindAddress", "jetstream", "trustedProxies", "routes", "verification", "parity"];
const OPERATOR = ["name", "systemAccount", "seed", "jwt", "signer", "rotation", "identityKey"];
const OPERATOR_MORE = ["accountServerUrl", "serviceUrls", "assertServerVersion", "tags"];

/** Arguments that are part of one of an account. */
const NESTED: Readonly<Record<string, (wrong: unknown) => object>> = {
  "users.u": (u) => ({ users: { u } }),
  "users.u.role": (role) => ({ users: { u: { role } }, roles: { r: {} } }),
  "users.u.permissions": (permissions) => ({ users: { u: { permissions } } }),
  "users.u.bearer": (bearer) => ({ users: { u: { bearer } } }),
  "users.u.rotation": (rotation) => ({ users: { u: { rotation } } }),
  "users.u.lifetime": (lifetime) => ({ users: { u: { lifetime } } }),
  "users.u.connectionTypes": (connectionTypes) => ({ users: { u: { connectionTypes } } }),
  "users.u.seed": (seed) => ({ users: { u: { seed } } }),
  "users.u.publicKey": (publicKey) => ({ users: { u: { publicKey } } }),
  "roles.r": (r) => ({ roles: { r }, users: { u: { role: "r" } } }),
  "roles.r.bearer": (bearer) => ({ roles: { r: { bearer } }, users: { u: { role: "r" } } }),
  "roles.r.seed": (seed) => ({ roles: { r: { seed } }, users: { u: { role: "r" } } }),
  "roles.r.publicKey": (publicKey) => ({ roles: { r: { publicKey } } }),
  "imports[0]": (entry) => ({ imports: [entry] }),
  "imports[0].account": (account) => ({ imports: [{ account, subject: "s", type: "stream" }] }),
  "imports[0].account.publicKey": (publicKey) => ({
    imports: [{ account: { accountName: "X", publicKey }, subject: "s", type: "stream" }],
  }),
  "imports[0].account.signer": (signer) => ({
    imports: [
      { account: { accountName: "X", publicKey: keyOf("account", "X"), signer }, subject: "s", type: "stream" },
    ],
  }),
  "imports[0].subject": (subject) => ({ imports: [{ account: X, subject, type: "stream" }] }),
  "imports[0].token": (token) => ({ imports: [{ account: X, subject: "s", type: "stream", token }] }),
  "exports[0]": (entry) => ({ exports: [entry] }),
  "exports[0].importers": (importers) => ({ exports: [{ subject: "s", type: "stream", importers }] }),
  "exports[0].importers[0]": (importer) => ({ exports: [{ subject: "s", type: "stream", importers: [importer] }] }),
  "exports[0].revocations": (revocations) => ({
    exports: [{ subject: "s", type: "stream", importers: ["X"], revocations }],
  }),
  "authorization.users": (users) => ({ authorization: { users }, users: { u: {} } }),
  "authorization.issuer": (issuer) => ({ authorization: { users: ["u"], issuer }, users: { u: {} } }),
  "authorization.allowedAccounts": (allowedAccounts) => ({
    authorization: { users: ["u"], allowedAccounts },
    users: { u: {} },
  }),
};

const X: AccountReference = { accountName: "X", publicKey: keyOf("account", "X") };

/** The error of a gate, or of the check of a resource whose inputs were outputs. What waits for them fails as well. */
const PROBLEMS =
  /^Error: (operator|account|cluster|configuration) ".*" has \d+ problems?:\n|failed to register .*\[NA\d{4}\]$/m;

describe("arguments of the wrong type", () => {
  closingGates();
  const unhandled = collectRejections();

  /** Returns what fails besides the gates of components, which open or list problems. */
  async function failures(what: string, create: () => readonly Component[]): Promise<string[]> {
    try {
      const reasons = await Promise.all(create().map(({ gate }) => reasonOf(gate)));
      await new Promise((resolve) => setTimeout(resolve, 10));
      const texts = unhandled.map((reason) => String((reason as Error).stack)).filter((text) => !PROBLEMS.test(text));
      const found = reasons.flatMap((reason) => reason ?? []).filter((reason) => codesAndPathsIn(reason).length === 0);
      return [...new Set([...found, ...texts])].map((text) => `${what}: ${text}`);
    } catch (error) {
      return [`${what}: ${String((error as Error).stack)}`];
    } finally {
      unhandled.length = 0;
    }
  }

  /** Asserts the same for each kind of argument. */
  async function assertReported(cases: Readonly<Record<string, () => readonly Component[]>>): Promise<void> {
    const found: string[] = [];
    for (const [what, create] of Object.entries(cases)) {
      found.push(...(await failures(what, create)));
    }
    assert.deepEqual(found, []);
  }

  const newOperator = () => new Operator("KO", { systemAccount: { users: { sys: {} } } });
  const cluster = (operator: Operator, args: object) => {
    const created = new MixedAuthCluster("nats", { operator, accounts: [], target: "process", ...args });
    return created as unknown as Component;
  };

  for (const [name, wrong] of TRIED) {
    it(`should be listed for each argument of an account: ${name}`, async function () {
      this.timeout(60_000);
      const operator = newOperator();
      const create = (path: string, args: object) => () => [new Account(path, { operator, users: { u: {} }, ...args })];
      const top = [...ACCOUNT, ...MORE, ...KEYS].map((key) => [key, create(key, { [key]: wrong(operator) })] as const);
      const nested = Object.entries(NESTED).map(([path, args]) => [path, create(path, args(wrong(operator)))] as const);
      await assertReported(Object.fromEntries([...top, ...nested]));
    });

    it(`should be listed for each claim of an account, and be shown by the parity report: ${name}`, async function () {
      this.timeout(60_000);
      const operator = newOperator();
      const create = (path: string, args: object) => () => {
        const account = new Account(path, { operator, users: { u: {} }, ...args });
        return [account, cluster(operator, { accounts: [account] })];
      };
      const claims = ["exports", "limits", "users", "roles", "revocations", "tags"];
      const top = claims.map((key) => [key, create(key, { [key]: wrong(operator) })] as const);
      const nested = ["users.u", "users.u.lifetime", "users.u.connectionTypes", "roles.r", "exports[0]"].map(
        (path) => [path, create(path, NESTED[path]?.(wrong(operator)) ?? {})] as const,
      );
      await assertReported(Object.fromEntries([...top, ...nested]));
    });

    it(`should be listed for each argument of an operator: ${name}`, async function () {
      this.timeout(60_000);
      const create = (key: string) => () => {
        const operator = new Operator(key, { [key]: wrong(newOperator()) });
        return [operator, operator.systemAccount, cluster(operator, {})];
      };
      await assertReported(Object.fromEntries([...OPERATOR, ...OPERATOR_MORE].map((key) => [key, create(key)])));
    });

    it(`should be listed for each argument of a cluster: ${name}`, async function () {
      this.timeout(60_000);
      const operator = newOperator();
      const create = (key: string) => () => [cluster(operator, { [key]: wrong(operator) })];
      await assertReported(Object.fromEntries([...CLUSTER, ...CLUSTER_MORE].map((key) => [key, create(key)])));
    });

    it(`should be listed for each argument of a configuration: ${name}`, async function () {
      this.timeout(60_000);
      const operator = newOperator();
      const create = (key: string) => () => {
        const args = { operator, accounts: [], [key]: wrong(operator) };
        return [new AuthConfiguration("nats", args)];
      };
      await assertReported(
        Object.fromEntries(["operator", "accounts", "parity"].map((key) => [key, create(key)] as const)),
      );
    });

    it(`should be listed in place of all arguments: ${name}`, async () => {
      const args = wrong(newOperator()) as never;
      await assertReported({
        operator: () => [new Operator("o", args)],
        account: () => [new Account("a", args)],
        cluster: () => [new MixedAuthCluster("c", args)],
        configuration: () => [new AuthConfiguration("c", args)],
      });
    });
  }
});
