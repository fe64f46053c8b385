import { omitUndefined } from "../model/form/order";
import type { CheckOptions, ExpectedCluster } from "../servers/check";
import { describeAbsent } from "../servers/cluster-problems";
import { errorMessage, ServerError, toLine } from "../servers/errors";
import type { CheckAccess, PresentAccess } from "./cluster/check-credentials";
import { withoutMissing } from "./cluster/present-servers";
import { verifyCluster, type Places } from "./cluster/verify";
import { foldingExcept, withFolding } from "./life-cycle/folding";
import { hasChanged, withStateVersion, type LifeCycle } from "./life-cycle/life-cycle";

interface Inputs extends ExpectedCluster, CheckAccess {
  applied: string;
  /** Where the servers run. */
  places?: Places;
}

interface State extends Omit<Inputs, "signer"> {
  /** The seed with which a refresh inspects the cluster; missing where it does not, and in earlier versions. */
  signer?: string;
  result: string;
  /** What the last update or refresh found: {@link AS_DECLARED}, or the problems. */
  condition?: string;
}

const COMPARED = [
  "url",
  "tls",
  "mode",
  "systemAccount",
  "applied",
  "clusterName",
  "serverNames",
  "accounts",
  "jetstream",
  "remotes",
] as const;

const AS_DECLARED = "as declared";

const lifeCycle: LifeCycle<Inputs, State> = {
  diff(_id, olds, news) {
    const { condition = AS_DECLARED } = olds;
    const changes =
      condition !== AS_DECLARED || hasChanged<Pick<Inputs, (typeof COMPARED)[number]>>(COMPARED, olds, news);
    return Promise.resolve({ changes, replaces: [], deleteBeforeReplace: false });
  },

  async create(inputs) {
    return { id: inputs.clusterName, outs: await verify(inputs) };
  },

  async update(_id, _olds, news) {
    return { outs: await verify(news) };
  },

  async read(id, state) {
    return state === undefined ? { id } : { id, props: { ...state, ...(await inspect(state)) } };
  },
};

const STATE = foldingExcept<State, "applied" | "result" | "condition">(["applied", "result", "condition"]);

/** The handler of `ClusterCheck`. */
export const provider = withStateVersion(
  withFolding(lifeCycle, { inputs: foldingExcept<Inputs, "applied">(["applied"]), state: STATE }),
  { 3: (state) => STATE.fold(STATE.unfold(state as unknown as State)) },
);

const ADVICE = "The servers keep their configurations. Read their logs, then rerun `pulumi up`.";

async function verify(inputs: Inputs): Promise<State> {
  const { url, tls, mode, systemAccount, signer, applied, clusterName, serverNames, accounts, places } = inputs;
  const { jetstream, remotes } = inputs;
  try {
    const { result, condition } = await check(inputs, inputs);
    return omitUndefined<State>({
      ...{ url, tls, mode, systemAccount, applied, clusterName, serverNames, accounts, jetstream, remotes, places },
      ...{ signer: isInspected(inputs) ? signer : undefined, result, condition },
    });
  } catch (error) {
    const isEnded = error instanceof ServerError && error.code === "NA5050";
    throw isEnded ? error : new Error(`${errorMessage(error)}\n${ADVICE}`, { cause: error });
  }
}

/** Verifies the servers that run, and describes what it has found. */
async function check(
  declared: Omit<Inputs, "signer">,
  access: PresentAccess,
  options?: CheckOptions,
): Promise<Required<Pick<State, "result" | "condition">>> {
  const { clusterName, serverNames, accounts, jetstream, remotes, places } = declared;
  const cluster = omitUndefined<ExpectedCluster>({ clusterName, serverNames, accounts, jetstream, remotes });
  const present = await withoutMissing({ expected: cluster, access, places });
  const result = await verifyCluster(present.access, present.places, present.expected, options);
  const { absentNames = [] } = present.expected;
  return { result, condition: absentNames.length === 0 ? AS_DECLARED : describeAbsent(absentNames) };
}

/** How long a refresh waits, in milliseconds: it shows the present state, and does not wait for another one. */
const REFRESH_TIMEOUTS = { cluster: 2_000, jetstream: 2_000 };

/** A server that does not run or cannot be reached is a finding of the resource that configures the servers. */
const FOUND_ELSEWHERE: readonly string[] = ["NA5020", "NA5050", "NA5163"];

/** Returns whether a refresh inspects a cluster: JetStream and connections with hubs change without an update. */
function isInspected({ jetstream, remotes }: Pick<Inputs, "jetstream" | "remotes">): boolean {
  return jetstream !== undefined || remotes !== undefined;
}

/** Inspects what changes without an update. */
async function inspect({ signer, ...state }: State): Promise<Pick<State, "condition">> {
  if (!isInspected(state) || signer === undefined) {
    return {};
  }
  try {
    const { condition } = await check(state, { ...state, signer }, { timeouts: REFRESH_TIMEOUTS });
    return { condition };
  } catch (error) {
    return error instanceof ServerError && FOUND_ELSEWHERE.includes(error.code)
      ? {}
      : { condition: toLine(errorMessage(error)) };
  }
}
