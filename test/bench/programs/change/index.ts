import { Account, MixedAuthCluster, Operator } from "pulumi-nats-auth";

const ACCOUNTS = 100;
const USERS = 10;

/** What the one user may publish to that changes. */
const changed = process.env.BENCH_SUBJECT ?? "before";
/** The ports of both servers, for clients and for routes. */
const [clientPort = 0, clusterPort = 0, operatorPort = 0, operatorClusterPort = 0] = (process.env.BENCH_PORTS ?? "")
  .split(",")
  .map(Number);

const operator = new Operator("bench");
const accounts = Array.from({ length: ACCOUNTS }, (_, account) => {
  const users = Array.from({ length: USERS }, (__, user): [string, object] => {
    const subject = account === 0 && user === 0 ? changed : `work.${account}.${user}`;
    return [`user${user}`, { permissions: { publish: { allow: [subject] }, subscribe: { allow: ["_INBOX.>"] } } }];
  });
  return new Account(`account${account}`, { operator, users: Object.fromEntries(users) });
});

new MixedAuthCluster("bench", {
  operator,
  accounts,
  target: { process: { binary: process.env.NATS_SERVER ?? "nats-server" } },
  staticServer: { clientPort, clusterPort },
  operatorServer: { clientPort: operatorPort, clusterPort: operatorClusterPort },
});
