import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, type AccountSettings, type SignedReference } from "../../../provider";
import { seedOf } from "../../support/keys";
import { valueOf } from "../../support/mocks";
import { throughState } from "../../support/references";

const SYSTEM = { users: { sys: { seed: seedOf("user", "sys") } }, seed: seedOf("account", "SYS") };
export const OPERATOR = {
  seed: seedOf("operator", "KO"),
  signer: seedOf("operator", "signing"),
  systemAccount: SYSTEM,
};

/** The account of a team, with given keys, so that two programs render the same. */
export const BILLING = {
  seed: seedOf("account", "billing"),
  description: "Sends invoices",
  limits: { connections: 10 },
  exports: [
    { subject: "billing.paid", type: "stream" as const, importers: ["orders"] },
    { subject: "billing.status", type: "service" as const },
  ],
  roles: { clerk: { seed: seedOf("account", "clerk"), permissions: { publish: { allow: ["billing.{{name()}}"] } } } },
  users: {
    ann: { role: "clerk" as const, seed: seedOf("user", "ann") },
    bob: { role: "clerk" as const, seed: seedOf("user", "bob") },
  },
};

/** An unknown value, as a preview has it. */
export function unknown<T>(): pulumi.Output<T> {
  const never = pulumi.output(undefined) as unknown as object;
  return new (never.constructor as new (...args: unknown[]) => pulumi.Output<T>)(
    [],
    Promise.resolve(undefined),
    Promise.resolve(false),
    Promise.resolve(false),
    Promise.resolve([]),
  );
}

/** Runs the program of a team, and returns the reference as another stack reads it. */
export async function exported(settings: AccountSettings = BILLING, name = "billing"): Promise<SignedReference> {
  const { reference } = new Account(name, settings);
  const value = await valueOf(reference);
  assert.ok(value !== undefined);
  assert.equal(await pulumi.isSecret(reference), false);
  return throughState(value);
}
