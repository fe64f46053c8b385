import { Account } from "pulumi-nats-auth";

// Without an operator, the account signs itself. The platform's stack signs it again with the operator's key.
const billing = new Account("billing", {
  exports: [{ subject: "billing.paid.>", type: "stream" }],
  limits: { connections: 100 },
  roles: {
    clerk: { permissions: { publish: { allow: ["billing.paid.>"] }, subscribe: { allow: ["_INBOX.>"] } } },
  },
  users: {
    clerk: { role: "clerk" },
    auditor: { permissions: { publish: { allow: ["_INBOX.>"] }, subscribe: { allow: ["billing.>"] } } },
  },
});

/** For the stack `billing-reference`. It contains no secret. */
export const reference = billing.reference;

/** For the clients of the team. */
export const seeds = { clerk: billing.users.clerk.seed, auditor: billing.users.auditor.seed };
export const creds = { clerk: billing.users.clerk.creds, auditor: billing.users.auditor.creds };
