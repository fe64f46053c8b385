import type { AccountDeclaration, CompleteDeclaration } from "../../provider/model/account/account";
import type { OperatorInfo } from "../../provider/model/cluster/operator-info";
import type { ParityModel } from "../../provider/parity/report";
import { keyOf } from "../support/keys";

export const EXPORTER: CompleteDeclaration = {
  name: "A",
  tags: ["stage:test"],
  revocations: { [keyOf("user", "gone")]: "2026-03-01T12:00:00Z", "*": 1_700_000_000 },
  signingKeys: [keyOf("account", "elsewhere")],
  defaultPermissions: {
    publish: { allow: ["hello"], deny: ["secret.>"] },
    subscribe: { allow: ["hello.>", "work workers"], deny: ["hello.secret"] },
    responses: { max: 10, expires: "10s" },
  },
  description: "Places orders",
  infoUrl: "https://example.org/orders",
  limits: {
    connections: 100,
    leafNodes: 2,
    subscriptions: 1000,
    payload: 65_536,
    data: "1TiB",
    imports: 10,
    exports: 10,
  },
  jetstream: {
    memoryStorage: "1MiB",
    fileStorage: "1GiB",
    streams: 10,
    consumers: 20,
    maxAckPending: 1000,
    memoryMaxStreamBytes: "1KiB",
    fileMaxStreamBytes: "1MiB",
    maxBytesRequired: true,
    clusterTraffic: "owner",
  },
  mappings: { "old.*": [{ subject: "new.$1", weight: 10, cluster: "nats" }] },
  trace: { destination: "traces", sampling: 50 },
  authorization: {
    users: ["clerk"],
    issuer: keyOf("account", "service"),
    allowedAccounts: ["B"],
    xkey: "XBDDX2XPWUWGRVHQRWGLHFXH23OTZTX4Q3PUT3SRRY6IJGEUB2UB5H6W",
  },
  exports: [
    {
      name: "place",
      subject: "orders.*.place",
      type: "service",
      responseThreshold: "500ms",
      latency: { sampling: 100, results: "latency.orders" },
      accountTokenPosition: 2,
      advertise: true,
      allowTrace: true,
      description: "Places an order",
      infoUrl: "https://example.org/place",
    },
    { subject: "orders.list", type: "service", responseType: "stream" },
    { subject: "prices.>", type: "stream", importers: ["B"], revocations: { "*": "2026-03-01T12:00:00Z" } },
  ],
  roles: {
    reader: {
      description: "Reads what its tenant has",
      permissions: {
        publish: { allow: ["orders.list"], deny: ["{{account-name()}}.>"] },
        subscribe: { allow: ["orders.{{tag(tenant)}}.>"], deny: ["orders.*.raw"] },
        responses: { max: 1, expires: "1s" },
      },
      limits: { subscriptions: 10, payload: "1KiB", data: "1GiB" },
      sourceNetworks: ["10.0.0.0/8", "192.0.2.0/24"],
      times: { ranges: [{ start: "08:00:00", end: "17:30:00" }], zone: "Europe/Berlin" },
      connectionTypes: ["STANDARD"],
      bearer: true,
      proxyRequired: true,
    },
  },
  sets: {
    devices: {
      role: "reader",
      count: 10_000,
      lifetime: ["30d", "90d"],
      expires: ["2028-01-01T00:00:00Z"],
      notBefore: ["2027-01-01T00:00:00Z"],
    },
  },
  users: {
    shop: { role: "reader", tags: ["tenant:shop"], lifetime: "90d", renewBefore: "30d" },
    clerk: {
      permissions: {
        publish: { allow: ["orders.>"], deny: ["orders.internal.>"] },
        subscribe: { allow: ["_INBOX.>", "work.> workers"], deny: ["_INBOX.admin.>"] },
        responses: { max: 5, expires: "1m" },
      },
      limits: { subscriptions: 1, payload: 1024, data: 2048 },
      sourceNetworks: ["10.0.0.0/8"],
      times: { ranges: [{ start: "22:00:00", end: "06:00:00" }] },
      connectionTypes: ["STANDARD", "WEBSOCKET"],
      bearer: true,
      proxyRequired: true,
      tags: ["team:orders"],
      notBefore: "2027-01-01",
      expires: "2028-01-01",
    },
  },
};

export const IMPORTER: AccountDeclaration = {
  name: "B",
  limits: { wildcardExports: false, disallowBearer: true },
  jetstream: { tiers: { R1: { fileStorage: "1GiB" } } },
  imports: [
    {
      name: "place",
      account: "A",
      subject: "orders.{{account-subject()}}.place",
      localSubject: "place",
      type: "service",
      share: true,
    },
    { account: "A", subject: "prices.gold", type: "stream", allowTrace: true },
  ],
};

/** The claims of the operator for tools and servers. */
export const INFO: OperatorInfo = {
  accountServerUrl: "https://accounts.example.org/jwt/v1",
  serviceUrls: ["nats://a.example.org:4222", "wss://b.example.org"],
  assertServerVersion: "2.10.0",
  tags: ["stage:test"],
};

/** A model with every claim. */
export const EVERYTHING: ParityModel = {
  operator: {
    name: "KO",
    publicKey: "OPUBLICKEY",
    signingKeys: ["OSIGNINGKEY"],
    systemAccount: "SYS",
    ...INFO,
  },
  accounts: [EXPORTER, IMPORTER, { name: "SYS", users: { sys: {} } }],
};

/** Two of its security gaps, with the reasons for accepting them. */
export const ACCEPTED = {
  "A.users.clerk.sourceNetworks": "The static server listens on the private network only.",
  "A.roles.reader.bearer": "Browsers | <have> no seed.",
};
