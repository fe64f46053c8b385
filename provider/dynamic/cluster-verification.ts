import { createHash } from "node:crypto";
import { formatDiagnostic, formatDiagnostics, type Diagnostic } from "../diagnostics/diagnostic";
import type { PerServer } from "../model/cluster/servers";
import { omitUndefined } from "../model/form/order";
import { parseDuration, type Duration } from "../model/form/quantities";
import type {
  Deployment,
  DeploymentAccess,
  DeployedServer,
  Inspection,
  VerifiedServer,
} from "../servers/deployment/deployment";
import { ServerError, toLine } from "../servers/errors";
import type { NamespacePlace } from "../servers/kubernetes/access";
import { waitFor } from "../servers/log";
import { ANY_DIGEST, verificationDiagnostics, type VerificationInputs } from "./checks/deployment";
import { connectOnce, withValidAccess } from "./cluster/namespace-access";
import { foldingExcept, withFolding } from "./life-cycle/folding";
import { hasChanged, toCheckFailures, withStateVersion, type LifeCycle } from "./life-cycle/life-cycle";
import { hasUnknown, UNKNOWN } from "./life-cycle/unknown";

/** The configuration that the servers should have loaded. */
export type ExpectedConfiguration = Omit<Deployment, "servers">;

interface Inputs extends VerificationInputs {
  servers: PerServer<DeployedServer>;
  expected: ExpectedConfiguration;
  login: { readonly seed?: string; readonly creds?: string };
  seeds: Readonly<Record<string, string>>;
  tls?: NonNullable<DeploymentAccess["tls"]>;
  kubernetes?: NamespacePlace;
  /** Problems that the program has found, which fail the preview. */
  problems?: readonly Diagnostic[];
  /** The digest of what the servers should have loaded, as previews show it. */
  configuration?: string;
}

interface State extends Inputs {
  verified: PerServer<VerifiedServer>;
  /** What the last update or refresh found: {@link AS_DECLARED}, or the problems. */
  condition: string;
}

const COMPARED = [
  "servers",
  "expected",
  "login",
  "seeds",
  "users",
  "timeout",
  "tls",
  "kubernetes",
  "configuration",
] as const;
const VISIBLE = ["configuration", "verified", "condition"] as const;

const AS_DECLARED = "as declared";

/** How long an update waits, and a refresh, in milliseconds: a refresh shows the present state, but not a connection that was interrupted. */
const DEFAULT_TIMEOUT = "30s";
const REFRESH_TIMEOUT = 5_000;
/** The longest pause between two inspections, in milliseconds. */
const PAUSE = 1_000;

const lifeCycle: LifeCycle<Inputs, State> = {
  check(_olds, news) {
    const { problems = [] } = news;
    const failures = toCheckFailures([...problems, ...verificationDiagnostics(news)]);
    return Promise.resolve({
      inputs: failures.length > 0 ? news : { ...news, configuration: digestOf(news) },
      failures,
    });
  },

  async diff(_id, olds, news) {
    const changes =
      olds.condition !== AS_DECLARED ||
      hasChanged<Pick<Inputs, (typeof COMPARED)[number]>>(COMPARED, await withValidAccess(olds, news), news);
    return { changes, replaces: [], deleteBeforeReplace: false };
  },

  async create(inputs) {
    return { id: Object.keys(inputs.servers).sort().join(","), outs: await verify(inputs) };
  },

  async update(_id, _olds, news) {
    return { outs: await verify(news) };
  },

  async read(id, state) {
    if (state === undefined) {
      return { id };
    }
    try {
      const { problems, verified } = await inspect(state, REFRESH_TIMEOUT);
      return { id, props: { ...state, verified, condition: conditionOf(problems) } };
    } catch (error) {
      if (!(error instanceof ServerError)) {
        throw error;
      }
      return { id, props: { ...state, verified: {}, condition: toLine(error.message) } };
    }
  },

  // The servers belong to something else: there is nothing to delete.
};

/** The handler of `ClusterVerification`. */
export const provider = withStateVersion(
  withFolding(lifeCycle, {
    inputs: foldingExcept<Inputs, "configuration">(["configuration"]),
    state: foldingExcept<State, (typeof VISIBLE)[number]>(VISIBLE),
  }),
);

/** Identifies the expected configurations; unknown while a part of them is. */
function digestOf({ expected, servers }: Inputs): string {
  const digests = Object.entries(servers).map(([name, { digest }]) => [name, digest]);
  const content = [expected, digests];
  return hasUnknown(content) ? UNKNOWN : createHash("sha256").update(JSON.stringify(content)).digest("hex");
}

async function verify(inputs: Inputs): Promise<State> {
  const { problems, verified } = await inspect(inputs, toMilliseconds(inputs.timeout));
  if (problems.length > 0) {
    throw new Error(formatDiagnostics("the deployment", problems));
  }
  return { ...inputs, verified, condition: AS_DECLARED };
}

/**
 * Inspects the servers until they are as expected, or the time is over.
 *
 * @throws ServerError when the Kubernetes cluster of pods cannot be used
 */
async function inspect(inputs: Inputs, timeout: number): Promise<Inspection> {
  // Loaded only when needed: a NATS client takes long to load.
  const { inspectDeployment } = await import("../servers/deployment/inspect.js");
  const { servers: declared, expected, login, seeds, users = "permissions", tls, kubernetes } = inputs;
  const servers = Object.fromEntries(
    Object.entries(declared).map(([name, { digest, ...server }]) => [
      name,
      omitUndefined<DeployedServer>({ ...server, digest: digest === ANY_DIGEST ? undefined : digest }),
    ]),
  );
  const namespace = kubernetes && (await connectOnce(kubernetes));
  const access = omitUndefined<DeploymentAccess>({ ...login, seeds, users, tls });
  let last: Inspection | ServerError = { problems: [], verified: {} };
  await waitFor(
    async () => {
      last = await inspectDeployment({ ...expected, servers }, access, namespace).catch(asServerError);
      return last instanceof ServerError || last.problems.length > 0 ? undefined : true;
    },
    timeout,
    PAUSE,
  );
  if (last instanceof ServerError) {
    throw last;
  }
  return last;
}

function asServerError(error: unknown): ServerError {
  if (error instanceof ServerError) {
    return error;
  }
  throw error;
}

function toMilliseconds(timeout: Duration = DEFAULT_TIMEOUT): number {
  return (parseDuration(timeout) ?? 0) / 1e6;
}

/** The problems on one line: a refresh shows a changed text of several lines without what it was before. */
function conditionOf(problems: readonly Diagnostic[]): string {
  return problems.length === 0 ? AS_DECLARED : problems.map(formatDiagnostic).join("; ");
}
