import type { AccountDeclaration } from "../../provider/model/account/account";

/** The setup of the NATS documentation's "Mixed Authentication/Authorization Setup", for both sides. */
export const DOCUMENTATION: readonly AccountDeclaration[] = [
  { name: "SYS", users: { sys: {} } },
  {
    name: "A",
    exports: [
      { name: "test", subject: "test", type: "service", latency: { sampling: 100, results: "latency.on.test" } },
    ],
    users: {
      test: {
        permissions: {
          publish: { allow: ["_INBOX.>", "_R_", "_R_.>", "test", "test.>"] },
          subscribe: { allow: ["_INBOX.>", "_R_", "_R_.>", "latency.on.test", "test", "test.>"] },
        },
      },
    },
  },
  { name: "B", imports: [{ account: "A", subject: "test", type: "service" }], users: { test: {} } },
];
