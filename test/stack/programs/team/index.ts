import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { Account, UserSet, type AccountSettings, type AnyNames, type UserSetArgs } from "pulumi-nats-auth";

const config = new pulumi.Config();
const { sets = {}, ...settings } = JSON.parse(
  readFileSync(config.require("declaration"), "utf8"),
) as AccountSettings & {
  readonly sets?: Readonly<Record<string, Omit<UserSetArgs, "account" | "template">>>;
};

const billing = new Account<AnyNames, AnyNames>("billing", settings);
const created = Object.entries(sets).map(([name, args]) => new UserSet(name, { ...args, account: billing }));

export const reference = billing.reference;
export const seeds = mapUsers(({ seed }) => seed);
export const creds = mapUsers(({ creds: content }) => content);
/** The creds of each set. */
export const credsOfSets = created.map(({ allCreds }) => allCreds);

function mapUsers<T>(select: (user: (typeof billing.users)[string]) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(billing.users).map(([name, user]) => [name, select(user)]));
}
