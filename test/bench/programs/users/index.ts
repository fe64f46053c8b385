import { Account, Operator } from "pulumi-nats-auth";

const USERS = 100;

// An operator and one account with 100 users, each with permissions of its own.
const names = Array.from({ length: USERS }, (_, index) => `user${index}`);
const users = Object.fromEntries(
  names.map((name) => [
    name,
    { permissions: { publish: { allow: [`work.${name}.>`] }, subscribe: { allow: ["_INBOX.>"] } } },
  ]),
);

new Account("bench", { operator: new Operator("bench"), users });
