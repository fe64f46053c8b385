import { Account, Operator } from "pulumi-nats-auth";

/** How many users the account has. */
const USERS = Number(process.env.BENCH_USERS ?? 100);

// an operator and one account with users of one role, who publish under their names.
const names = Array.from({ length: USERS }, (_, index) => `user${index}`);
const users = Object.fromEntries(names.map((name) => [name, { role: "worker" as const }]));
const worker = { permissions: { publish: { allow: ["work.{{name()}}.>"] }, subscribe: { allow: ["_INBOX.>"] } } };

new Account("bench", { operator: new Operator("bench"), roles: { worker }, users });
