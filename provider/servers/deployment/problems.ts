import type { Code } from "../../diagnostics/codes";
import { keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import type { ClusterProblem } from "../cluster-problems";

const RELOADED = "Deploy the current configuration to this server and reload it";

/** What to do about each kind of problem. */
export const REMEDIES = {
  NA5080: "Start the server, and check the URL and that this machine can reach it.",
  NA5081: `${RELOADED}. Check that \`mode\` and the URL are those of the server, and that the creds have not expired.`,
  NA5082: "Correct `cluster` in the configuration of the servers: name, routes and their authorization.",
  NA5083: `${RELOADED}. Read its log if it rejected the reload.`,
  NA5084: `${RELOADED}. Remove edits made by hand.`,
  NA5085: `${RELOADED}. Remove edits made by hand.`,
  NA5086: `${RELOADED}. If the file has more settings on purpose, set \`digest\` to what \`nats-server -t\` prints for it, or to "any".`,
  NA5087:
    'Read the log of the server. Check URLs, login and TLS of the remote, and that the server reaches the hub. Set `verification: "disabled"` of the remote if the hub is not always reachable.',
  NA5088:
    "Check that the release is deployed, and what Kubernetes reports about the pod. If it has another name, set `pod` of the server.",
  NA5051: "Read the logs of the servers. If they are still catching up, rerun `pulumi up` later.",
} as const satisfies Partial<Record<Code, string>>;

/** A problem of a server. @param problem a clause without subject */
export function problemOf(
  name: string,
  code: keyof typeof REMEDIES,
  problem: string,
  remedy: string = REMEDIES[code],
): Diagnostic {
  return { code, path: keyPath("servers", name), problem, remedy };
}

/** The code of each kind of problem. */
const CODES: Readonly<Record<ClusterProblem["kind"], "NA5080" | "NA5082" | "NA5083" | "NA5087">> = {
  silent: "NA5080",
  cluster: "NA5082",
  routes: "NA5082",
  account: "NA5083",
  remotes: "NA5087",
};

/** A problem that every verification finds. @param name the name of the server in the program */
export function toProblem(name: string, { kind, problem }: ClusterProblem): Diagnostic {
  return problemOf(name, CODES[kind], problem);
}
