import { bindDiagnostics, usedByCluster } from "../../../provider/servers/process/port-conflicts";
import { explainBindError } from "../../../provider/servers/process/ports";
import { portsBesideServers } from "../../../provider/components/cluster/cluster-args";
import { lateCluster } from "../../../provider/components/cluster/cluster-settings";
import type { AccountDeclaration } from "../../../provider/model/account/account";
import {
  activationDiagnostics,
  clusterDiagnostics,
  clusterNameDiagnostics,
  proxyDiagnostics,
  duplicateKeyDiagnostics,
  jetstreamDiagnostics,
} from "../../../provider/model/cluster/cluster";
import { OPERATOR_INFO } from "../../../provider/model/cluster/operator-info";
import {
  occupiedPortsDiagnostics,
  passedPortsDiagnostics,
  portsDiagnostics,
} from "../../../provider/model/cluster/ports";
import { serversDiagnostics } from "../../../provider/model/cluster/servers";
import { countDiagnostics, storeDiagnostics } from "../../../provider/model/cluster/stream-store";
import { replacedOperator } from "../../../provider/languages/replaced-operator";
import type { DiagnosticCase } from "./case";

const users = { u: {} };
const privateExport = { subject: "p", type: "stream" as const, importers: ["B"] };
const privateImport = { account: "A", subject: "p", type: "stream" as const };

const inCluster =
  (...accounts: readonly AccountDeclaration[]) =>
  () =>
    clusterDiagnostics(accounts);

const ACCOUNTS: readonly DiagnosticCase[] = [
  { name: "a cluster name with a space", codes: ["NA1701"], find: () => clusterNameDiagnostics("my cluster") },
  { name: "two accounts with one name", codes: ["NA1702"], find: inCluster({ name: "A", users }, { name: "A" }) },
  {
    name: "accounts outside of the cluster as exporter, importer and allowed account",
    codes: ["NA1703", "NA1703", "NA1703"],
    find: inCluster({
      name: "A",
      users,
      exports: [{ ...privateExport, importers: ["C"] }],
      imports: [{ account: "D", subject: "d", type: "service" }],
      authorization: { users: ["u"], allowedAccounts: ["E"] },
    }),
  },
  {
    name: "a cycle of imports",
    codes: ["NA1704", "NA1704"],
    find: inCluster(
      {
        name: "A",
        exports: [{ subject: "a.>", type: "service" }],
        imports: [{ account: "B", subject: "b.x", type: "service", localSubject: "a.x" }],
        users,
      },
      {
        name: "B",
        exports: [{ subject: "b.*", type: "service" }],
        imports: [{ account: "A", subject: "a.*", type: "service", localSubject: "b.*" }],
      },
    ),
  },
  {
    name: "an import of a private export without an activation",
    codes: ["NA1705"],
    find: () =>
      activationDiagnostics(
        [
          { name: "A", exports: [privateExport] },
          { name: "B", imports: [privateImport] },
        ],
        [[], [0]],
      ),
  },
  {
    name: "a second account with an authorization service",
    codes: ["NA1706"],
    find: inCluster(
      { name: "A", users, authorization: { users: ["u"] } },
      { name: "B", users, authorization: { users: ["u"] } },
    ),
  },
  {
    name: "an account with JetStream on servers without it",
    codes: ["NA1707"],
    find: () => jetstreamDiagnostics([{ name: "A", jetstream: {} }, { name: "B" }]),
  },
  {
    name: "a user and a role that require a trusted proxy on servers without one",
    codes: ["NA1708", "NA1708"],
    find: () =>
      proxyDiagnostics([
        { name: "A", users: { u: { proxyRequired: true }, v: {} }, roles: { "a role": { proxyRequired: true } } },
      ]),
  },
  { name: "a cluster without users", codes: ["NA1709"], find: inCluster({ name: "A" }) },
  {
    name: "a public key and an unknown key that are supplied twice",
    codes: ["NA1710", "NA1710"],
    find: () => {
      const unknown = {};
      const keys = ["A", unknown, "A", unknown].map((key, index) => ({ path: `users.u${index}.publicKey`, key }));
      return duplicateKeyDiagnostics(keys);
    },
  },
];

const SERVERS: readonly DiagnosticCase[] = [
  {
    name: "a port out of range, and a port that is used twice",
    codes: ["NA1711", "NA1008"],
    find: () => portsDiagnostics({ "a.clientPort": 4222, "b.clientPort": 4222, "b.clusterPort": 65_536 }),
  },
  {
    name: "ports of a server that leaves the cluster",
    codes: ["NA1743", "NA1743"],
    find: () =>
      occupiedPortsDiagnostics([
        { path: "servers.o4", holder: "o3", ports: { clientPort: 4324, clusterPort: 6324 } },
        { path: "servers.o5", holder: "o3", ports: { monitoringPort: 8222 } },
        { path: "servers.o6", holder: "o3", ports: {} },
      ]),
  },
  {
    name: "a port of a server of another cluster, or of the same one with its former name",
    codes: ["NA5010"],
    find: () => {
      const used = explainBindError(Object.assign(new Error("EADDRINUSE"), { code: "EADDRINUSE" }));
      return bindDiagnostics(
        "operatorServer.clientPort",
        "127.0.0.1",
        4223,
        usedByCluster(used, "/state/team-dev-nats-1"),
      );
    },
  },
  {
    name: "ports of a server that changes later",
    codes: ["NA1744", "NA1744"],
    find: () =>
      passedPortsDiagnostics([
        { path: "servers.o1", holder: "o2", ports: { clientPort: 4324, clusterPort: 6324 } },
        { path: "operatorServer", holder: "static", ports: { monitoringPort: 8222 } },
        { path: "servers.o6", holder: "o3", ports: {} },
      ]),
  },
];

const NAMES: readonly DiagnosticCase[] = [
  { name: "a cluster without servers", codes: ["NA1741"], find: () => serversDiagnostics([]) },
  {
    name: "names of servers that are no host name, or reserved",
    codes: ["NA1740", "NA1740", "NA1740"],
    find: () => serversDiagnostics(["s1", "S 2", "-a", "applied"]),
  },
  {
    name: "ports of servers in two arguments",
    codes: ["NA1742"],
    find: () => portsBesideServers({ staticServer: { clientPort: 4222 }, operatorServer: undefined }),
  },
];

const STORE = {
  clusterName: "nats",
  systemAccount: "ADFI3UMG6P54CQAWWKV7SYJUBWAU5W6UMKN54Q36ZQZB5WTAVRE3I6D2",
  machines: { static: "process", operator: "process" },
  folders: { static: "/one/static", operator: "/one/operator" },
};

const STORES: readonly DiagnosticCase[] = [
  {
    name: "another name of a cluster with streams",
    codes: ["NA1720"],
    find: () => storeDiagnostics(STORE, { ...STORE, clusterName: "other" }),
  },
  {
    name: "another name of a cluster without streams",
    codes: ["NA1720"],
    find: () => storeDiagnostics(STORE, { ...STORE, clusterName: "other" }, true),
  },
  {
    name: "another target of servers with streams",
    codes: ["NA1721"],
    find: () => storeDiagnostics(STORE, { ...STORE, machines: { static: "elsewhere", operator: "elsewhere" } }),
  },
  {
    name: "another system account of servers with streams",
    codes: ["NA1722"],
    find: () =>
      storeDiagnostics(STORE, { ...STORE, systemAccount: "ABXUGQPIBL7XYNSG2J7YFF7OSAHIQ3ZR3TGEAOPWNXETU5EVFRUBGRYO" }),
  },
  {
    name: "one server with streams that becomes two, and two that become one",
    codes: ["NA1724", "NA1724"],
    find: () => [...countDiagnostics(1, 2), ...countDiagnostics(2, 1), ...countDiagnostics(2, 3)],
  },
  { name: "a cluster that is created long after its operator", codes: ["NA1723"], find: () => [lateCluster()] },
];

const OPERATOR: readonly DiagnosticCase[] = [
  { name: "an operator that replaces another one", codes: ["NA1725"], find: () => [replacedOperator()] },
  {
    name: "a relative URL of an account server",
    codes: ["NA1010"],
    find: () => OPERATOR_INFO.diagnostics({ accountServerUrl: "/jwt/v1" }),
  },
  {
    name: "a service URL with a path",
    codes: ["NA1712"],
    find: () => OPERATOR_INFO.diagnostics({ serviceUrls: ["nats://a", "tls://a/b"] }),
  },
  {
    name: "a server version with two numbers",
    codes: ["NA1713"],
    find: () => OPERATOR_INFO.diagnostics({ assertServerVersion: "2.15" }),
  },
];

/** Inputs that produce each code of the area. */
export const CLUSTER_CASES: readonly DiagnosticCase[] = [...ACCOUNTS, ...SERVERS, ...NAMES, ...STORES, ...OPERATOR];
