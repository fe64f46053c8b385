import { join } from "node:path";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { formatDiagnostic } from "../../provider/diagnostics/diagnostic";
import type { Oracle } from "../oracle/oracle";
import type { Experiment } from "../support/campaign/campaign";
import { versions } from "../../tools/versions";
import { tryModel } from "./run";
import { tried } from "./spoiled";
import { diagnosticsOf } from "./validation";
import { supportedBy } from "./versions";

/** A model, as it is kept in a case. */
export interface KeptModel {
  readonly accounts: readonly AccountDeclaration[];
  /**
   * Number of servers of each mode.
   *
   * @default one: two separate servers, then two linked ones
   */
  readonly servers?: number;
}

/** The folder of former mismatches. */
export const CASES = join(__dirname, "cases");

/** The servers that generated models are tried on. */
export interface TriedServers {
  /** See {@link KeptModel.servers}. */
  readonly servers?: number;
  /** @default the version that the tests use */
  readonly version?: string;
}

/** Tries generated models. A case may be a model that the validation has come to refuse. */
export function experiment(
  oracle: Oracle,
  { servers = 1, version = versions.ensureNatsServer }: TriedServers = {},
): Experiment<KeptModel> {
  const more = servers === 1 ? {} : { servers };
  return {
    inputs: tried.map((accounts) => ({ accounts: supportedBy(version, accounts), ...more })),
    attempt: async ({ accounts, servers: count }) => {
      const [problem] = diagnosticsOf(accounts);
      return problem === undefined
        ? tryModel(accounts, oracle, count)
        : { decisions: 0, mismatches: [], skipped: `refused by the validation: ${formatDiagnostic(problem)}` };
    },
  };
}
