import { Account, Operator } from "pulumi-nats-auth";

/** How many users the account has. */
const USERS = Number(process.env.BENCH_USERS ?? 100);

// an operator and one account with users, each with permissions of its own.
const names = Array.from({ length: USERS }, (_, index) => `user${index}`);
const users = Object.fromEntries(
  names.map((name) => [
    name,
    { permissions: { publish: { allow: [`work.${name}.>`] }, subscribe: { allow: ["_INBOX.>"] } } },
  ]),
);

new Account("bench", { operator: new Operator("bench"), users });
