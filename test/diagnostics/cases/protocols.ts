import * as pulumi from "@pulumi/pulumi";
import { fileDiagnostics } from "../../../provider/components/configuration/leaf-nodes";
import { protocolsArgsDiagnostics } from "../../../provider/components/configuration/protocols";
import { declaredDiagnostics } from "../../../provider/components/configuration/remote-checks";
import { loginDiagnostics } from "../../../provider/components/configuration/remote-logins";
import type { Operator } from "../../../provider/components/operator/operator";
import {
  domainDiagnostics,
  REMOTE,
  remoteLimitDiagnostics,
  sameHubDiagnostics,
  sharedHubWarnings,
  systemAuthorityDiagnostics,
} from "../../../provider/model/cluster/remotes";
import { listenerDiagnostics } from "../../../provider/model/cluster/listeners";
import { SERVER_STORAGE } from "../../../provider/model/cluster/server-storage";
import { joined, type DiagnosticCase } from "./case";

const NO_PORTS = { clientPort: 4222, clusterPort: 6222, monitoringPort: undefined, mqttPort: undefined };
const PORTS = { ...NO_PORTS, leafNodePort: 7422, websocketPort: 8080 };
const at = (mode: "static" | "operator", ports: object = {}) => ({
  mode,
  path: `servers.${mode}`,
  ports: { ...PORTS, ...ports },
});

/** Cases of listeners for leaf nodes, WebSocket and MQTT. */
export const PROTOCOLS_CASES: readonly DiagnosticCase[] = [
  {
    name: "invalid settings of leaf nodes, WebSocket and MQTT",
    codes: ["NA1003", "NA1760", "NA1761", "NA1762", "NA1006", "NA1007", "NA1008"],
    find: () =>
      joined(
        protocolsArgsDiagnostics(
          {
            jetstream: {},
            leafNodes: { compression: "zip" as "off", minVersion: "2" },
            websocket: { allowedOrigins: ["app.example.org"], jwtCookie: "a b", handshakeTimeout: "soon" },
            mqtt: { ackWait: 0, maxAckPending: 65_536 },
          },
          [at("operator", { mqttPort: 1883 })],
        ),
      ),
  },
  {
    name: "an empty list of origins",
    codes: ["NA1201"],
    find: () => joined(protocolsArgsDiagnostics({ websocket: { allowedOrigins: [] } }, [at("static")])),
  },
  {
    name: "origins of one host for an older version",
    codes: ["NA1769"],
    find: () => {
      const websocket = {
        allowedOrigins: ["https://app.example.org", "https://app.example.org:8443", "https://other"],
      };
      return joined(protocolsArgsDiagnostics({ websocket }, [at("static")], pulumi.output("2.12.4")));
    },
  },
  {
    name: "settings of MQTT without a port",
    codes: ["NA1763"],
    find: () => joined(protocolsArgsDiagnostics({ mqtt: { ackWait: "10s" } }, [at("static")])),
  },
  {
    name: "a cookie that no server reads",
    codes: ["NA1763"],
    find: () => joined(protocolsArgsDiagnostics({ websocket: { jwtCookie: "jwt" } }, [at("static")])),
  },
  {
    name: "MQTT on a static server, without JetStream",
    codes: ["NA1764", "NA1765"],
    find: () => joined(protocolsArgsDiagnostics({}, [at("static", { mqttPort: 1883 })])),
  },
  {
    name: "users that can connect over MQTT alone, without what it requires",
    codes: ["NA1415", "NA1416"],
    find: () => listenerDiagnostics([{ name: "A", users: { u: { connectionTypes: ["MQTT"] } } }], [["mqtt"]]),
  },
  {
    name: "more replicas of MQTT than servers",
    codes: ["NA1767"],
    find: () =>
      joined(
        protocolsArgsDiagnostics({ jetstream: {}, mqtt: { streamReplicas: 3 } }, [at("operator", { mqttPort: 1883 })]),
      ),
  },
  {
    name: "leaf nodes without a certificate, and without its key",
    codes: ["NA1768", "NA1768"],
    find: () => [...fileDiagnostics({}, true), ...fileDiagnostics({ certificate: "/etc/nats/leaf.crt" }, false)],
  },
  {
    name: "a JetStream domain with a dot",
    codes: ["NA1766"],
    find: () => SERVER_STORAGE.diagnostics({ domain: "a.b" }),
  },
  {
    name: "remotes that nats-server or the hub would reject",
    codes: ["NA1770", "NA1770", "NA1770", "NA1101"],
    find: () => [
      ...REMOTE.diagnostics({ urls: ["tls://user:password@hub:7422", "http://hub"] }),
      ...REMOTE.diagnostics({ urls: ["tls://hub1", "nats://hub2"], denyImports: ["a..b"] }),
    ],
  },
  {
    name: "logins of remotes",
    codes: ["NA1771", "NA1772", "NA1772", "NA1772"],
    find: () =>
      joined([
        loginDiagnostics("remotes.hub", { creds: "none", seed: "SU" }),
        loginDiagnostics("remotes.hub", { seed: "SU" }),
        loginDiagnostics("remotes.hub", { user: "edge" }),
      ]),
  },
  {
    name: "remotes that do not fit to each other, to accounts or to JetStream",
    codes: ["NA1774", "NA1779", "NA1775", "NA1775", "NA1776"],
    find: () => {
      const remote = { account: "A", settings: { urls: ["tls://hub:7422"] }, hasTls: true, login: "creds" } as const;
      const remotes = ["one", "two"].map((name) => ({ ...remote, name, path: `remotes.${name}` }));
      const server = { name: "static", remotes };
      return [
        ...sameHubDiagnostics(server, { one: { account: "AH" }, two: { account: "AH" } }),
        ...sharedHubWarnings(server),
        ...remoteLimitDiagnostics([server], { A: 1 }),
        ...domainDiagnostics([server], undefined, () => true),
      ];
    },
  },
  {
    name: "a hub with TLS, and an image without authorities",
    codes: ["NA1820"],
    find: () => {
      const settings = { urls: ["tls://hub:7422"] };
      const remote = {
        name: "hub",
        path: "remotes.hub",
        account: "A",
        settings,
        hasTls: true,
        login: "creds",
      } as const;
      return systemAuthorityDiagnostics([{ name: "static", remotes: [remote] }], "nats:2.15.2");
    },
  },
  {
    name: "a disabled remote that the cluster does not have",
    codes: ["NA1778"],
    find: () => {
      const operator = { systemAccount: {} } as unknown as Operator;
      const args = { operator, accounts: [], remotes: { hub: { urls: ["tls://hub"], account: "B" } } };
      return declaredDiagnostics(args, "operatorServer.remotes", { hbu: "disabled" });
    },
  },
  {
    name: "the account and the name of a remote",
    codes: ["NA1777", "NA1773"],
    find: () => {
      const operator = { systemAccount: {} } as unknown as Operator;
      const args = { operator, accounts: [], remotes: { Hub: { urls: ["tls://hub"], account: "B" } } };
      return declaredDiagnostics(args, "remotes", args.remotes);
    },
  },
];
