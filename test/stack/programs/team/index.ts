import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { Account, type AccountSettings, type AnyNames } from "pulumi-nats-auth";

const config = new pulumi.Config();
const settings = JSON.parse(readFileSync(config.require("declaration"), "utf8")) as AccountSettings;

const billing = new Account<AnyNames, AnyNames>("billing", settings);

export const reference = billing.reference;
export const seeds = mapUsers(({ seed }) => seed);
export const creds = mapUsers(({ creds: content }) => content);

function mapUsers<T>(select: (user: (typeof billing.users)[string]) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(billing.users).map(([name, user]) => [name, select(user)]));
}
