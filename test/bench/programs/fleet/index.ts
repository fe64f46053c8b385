import { Account, MixedAuthCluster, Operator, UserSet } from "pulumi-nats-auth";

/** How many users the set has. */
const count = Number(process.env.BENCH_USERS ?? 10_000);
/** The ports of both servers, for clients and for routes. */
const [clientPort = 0, clusterPort = 0, operatorPort = 0, operatorClusterPort = 0] = (process.env.BENCH_PORTS ?? "")
  .split(",")
  .map(Number);

const operator = new Operator("bench", { systemAccount: { users: { sys: {} } } });
const account = new Account("bench", {
  operator,
  roles: {
    device: { permissions: { publish: { allow: ["{{tag(site)}}.{{name()}}"] }, subscribe: { allow: ["_INBOX.>"] } } },
  },
});
const users = Object.fromEntries(
  Array.from({ length: count }, (_, index) => [`d-${index}`, { tags: [`site:${index % 100}`] }]),
);
/** The version of their keys, of which both the present and the former one are valid. */
const version = process.env.BENCH_ROTATION;
const rotation = version === undefined ? {} : { rotation: { version, overlap: "24h" } };
new UserSet("devices", { account, role: "device", users, ...rotation });

new MixedAuthCluster("bench", {
  operator,
  accounts: [account],
  target: { process: { binary: process.env.NATS_SERVER ?? "nats-server" } },
  staticServer: { clientPort, clusterPort },
  operatorServer: { clientPort: operatorPort, clusterPort: operatorClusterPort },
});
