import { Account, MixedAuthCluster, Operator } from "pulumi-nats-auth";

/** What the one user may publish to that changes. */
const changed = process.env.BENCH_SUBJECT ?? "before";
/** The ports of each server, for clients and for routes. */
const ports = (process.env.BENCH_PORTS ?? "").split(",").map(Number);
const count = ports.length / 2;

const operator = new Operator("bench");
const account = new Account("account", {
  operator,
  users: { user: { permissions: { publish: { allow: [changed] } } }, other: {} },
});

const servers = Array.from({ length: count }, (_, index) => {
  const [clientPort = 0, clusterPort = 0] = ports.slice(2 * index);
  const mode = index % 2 === 0 ? "static" : "operator";
  return [`${mode}-${index}`, { mode, clientPort, clusterPort }] as const;
});

new MixedAuthCluster("bench", {
  operator,
  accounts: [account],
  target: { process: { binary: process.env.NATS_SERVER ?? "nats-server" } },
  servers: Object.fromEntries(servers),
});
