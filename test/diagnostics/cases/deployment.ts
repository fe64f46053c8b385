import { AuthorizationError } from "@nats-io/transport-node";
import { hostDiagnostics } from "../../../provider/components/configuration/addresses";
import { folderDiagnostics } from "../../../provider/components/configuration/configured-servers";
import { expectAccounts } from "../../../provider/config/expected-accounts";
import { verificationDiagnostics } from "../../../provider/dynamic/checks/deployment";
import { compareAccount, otherDigest } from "../../../provider/servers/deployment/compare";
import { connectionProblem } from "../../../provider/servers/deployment/connect";
import { describeAccepted } from "../../../provider/servers/deployment/users";
import { problemOf, toProblem } from "../../../provider/servers/deployment/problems";
import { describeMissing } from "../../../provider/servers/kubernetes/stopped-pod";
import { loginError } from "../../../provider/servers/system-client";
import { findAccountProblems, findMissingRemotes, findMissingRoutes } from "../../../provider/servers/cluster-problems";
import { keyOf, seedOf } from "../../support/keys";
import type { DiagnosticCase } from "./case";

const URL = "nats://n1.example.org:4222";
const SERVER = { mode: "static", url: URL } as const;
const KEY = keyOf("account", "A");
const MODEL = {
  operator: "KO",
  systemAccount: keyOf("account", "SYS"),
  accounts: [{ name: "A", publicKey: KEY, exports: [{ subject: "test", type: "service" }], users: {} }],
} as const;
const LOGIN = { seed: seedOf("user", "sys") };
const ANSWER = { server: { name: "n1" }, data: {} };

/** The cases of servers that something else deploys. */
export const DEPLOYMENT_CASES: readonly DiagnosticCase[] = [
  {
    name: "URLs that are not those of servers",
    codes: ["NA4090", "NA4090", "NA4090"],
    find: () =>
      verificationDiagnostics({
        login: LOGIN,
        servers: {
          n1: { mode: "static", url: "http://n1.example.org:4222", monitoringUrl: URL },
          n2: { mode: "static", url: "nats://user:password@n2.example.org" },
        },
      }),
  },
  {
    name: "a digest without its prefix",
    codes: ["NA4091"],
    find: () => verificationDiagnostics({ login: LOGIN, servers: { n1: { ...SERVER, digest: "0123abcd" } } }),
  },
  {
    name: "a verification without the creds that a server needs, and with an unfit seed",
    codes: ["NA1303", "NA4092"],
    find: () =>
      verificationDiagnostics({
        login: { seed: seedOf("account", "A") },
        servers: { n1: SERVER, n2: { ...SERVER, mode: "operator" } },
      }),
  },
  {
    name: "a server whose certificate has a name that is not a string, and an option that is not a boolean",
    codes: ["NA1003", "NA1003"],
    find: () => {
      const wrong = { certificateName: 5, handshakeFirst: "yes" } as object;
      return verificationDiagnostics({ login: LOGIN, servers: { n1: { ...SERVER, ...wrong } } });
    },
  },
  {
    name: "a pod of a verification without a Kubernetes cluster",
    codes: ["NA4095"],
    find: () => verificationDiagnostics({ login: LOGIN, servers: { n1: { ...SERVER, pod: "nats-0" } } }),
  },
  {
    name: "a verification without servers",
    codes: ["NA1002"],
    find: () => verificationDiagnostics({ login: LOGIN }),
  },
  {
    name: "a host with a port",
    codes: ["NA4093"],
    find: () => hostDiagnostics("servers.n1.host", "n1.example.org:4222"),
  },
  {
    name: "a relative folder for streams",
    codes: ["NA4094"],
    find: () => folderDiagnostics("storeFolder", "data"),
  },
  {
    name: "a deployed server that does not run",
    codes: ["NA5080"],
    find: () => [connectionProblem("n1", SERVER, loginError([URL], new Error("connection refused")))],
  },
  {
    name: "a deployed server that rejects the verification",
    codes: ["NA5081"],
    find: () => [connectionProblem("n1", SERVER, loginError([URL], new AuthorizationError("Authorization Violation")))],
  },
  {
    name: "a deployed server without a route",
    codes: ["NA5082"],
    find: () => findMissingRoutes(["n1", "n2"], [ANSWER]).map((problem) => toProblem(problem.server, problem)),
  },
  {
    name: "a deployed server without an account",
    codes: ["NA5083"],
    find: () =>
      findAccountProblems({ accounts: { [KEY]: "A" }, serverNames: ["n1"] }, new Map([[KEY, []]])).map((problem) =>
        toProblem(problem.server, problem),
      ),
  },
  {
    name: "a deployed server with another export",
    codes: ["NA5084", "NA5084"],
    find: () => {
      const expected = expectAccounts(MODEL)[KEY];
      const report = { account_detail: { exports: [{ subject: "other", type: "service" }] } };
      const found = expected && compareAccount("static", KEY, { ...expected, jwt: "" }, report, MODEL.systemAccount);
      return (found ?? []).map((problem) => problemOf("n1", "NA5084", problem));
    },
  },
  {
    name: "a deployed server that accepts everyone",
    codes: ["NA5085"],
    find: () => [problemOf("n1", "NA5085", describeAccepted("a client without credentials"))],
  },
  {
    name: "a deployed server with another configuration",
    codes: ["NA5086"],
    find: () => [problemOf("n1", "NA5086", otherDigest("sha256:01", { config_digest: "sha256:02" }))],
  },
  {
    name: "a deployed server that is not connected with its hubs",
    codes: ["NA5087"],
    find: () =>
      findMissingRemotes({ accounts: { [KEY]: "A" }, remotes: { n1: { [KEY]: ["east", "west"] } } }, [
        { ...ANSWER, data: { leafs: [{ account: KEY, is_spoke: true }] } },
      ]).map((problem) => toProblem(problem.server, problem)),
  },
  {
    name: "a deployed server whose pod does not exist",
    codes: ["NA5088"],
    find: () => [problemOf("n1", "NA5088", `cannot be reached: ${describeMissing("nats", "n1")}`)],
  },
];
