import { Account, MixedAuthCluster, Operator, type ParityReport } from "../../provider";
import type { Adopted, Diagnostic } from "../../provider/adopt";
import { allowingClosedGates } from "../support/gates";
import { natsServer } from "../support/local-server";
import { mockEngine, valueOf } from "../support/mocks";
import type { Side } from "../support/sides";
import { freePorts } from "../support/stack-ports";

/** A program that has adopted something, with everything that its two servers and their clients need. */
export interface Program {
  readonly configs: Readonly<Record<Side, string>>;
  readonly ports: Readonly<Record<Side, { readonly client: number; readonly cluster: number }>>;
  /** The users' JWTs that the program has signed, by the users' public keys. */
  readonly jwts: Readonly<Record<string, string>>;
  /** The public keys of the accounts, by name. */
  readonly accounts: Readonly<Record<string, string>>;
  readonly leftOut: readonly Diagnostic[];
  readonly parity: ParityReport;
}

/** The reason why nothing was adopted. */
export interface Refusal {
  readonly refused: string;
}

/**
 * Runs the program of docs/adopt.md with a mock engine: everything that was adopted becomes a cluster. Security gaps between
 * its servers are accepted, each by name.
 *
 * @param read reads the store or configuration
 */
export async function adopt(read: () => Adopted, jetstream: boolean): Promise<Program | Refusal> {
  return withoutWarnings(() =>
    allowingClosedGates(async () => {
      try {
        return await run(read, jetstream);
      } catch (error) {
        return { refused: (error as Error).message };
      }
    }),
  );
}

/** Without an engine, Pulumi prints warnings: everything that is left out, and every gap. */
async function withoutWarnings<T>(use: () => Promise<T>): Promise<T> {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    return await use();
  } finally {
    console.warn = warn;
  }
}

async function run(read: () => Adopted, jetstream: boolean): Promise<Program> {
  await mockEngine();
  const adopted = read();
  const operator = new Operator("KO", adopted.operator);
  const accounts = Object.entries(adopted.accounts).map(
    ([name, settings]) => new Account(name, { operator, ...settings }),
  );
  const [ofStatic = 0, staticRoutes = 0, ofOperator = 0, operatorRoutes = 0] = await freePorts(4);
  const cluster = new MixedAuthCluster("adopted", {
    operator,
    accounts,
    staticServer: { clientPort: ofStatic, clusterPort: staticRoutes },
    operatorServer: { clientPort: ofOperator, clusterPort: operatorRoutes },
    target: { process: { binary: natsServer() } },
    parity: { mode: "lenient" },
    ...(jetstream ? { jetstream: {} } : {}),
  });
  await valueOf(cluster.checked);
  const all = [operator.systemAccount, ...accounts];
  const users = all.flatMap((account) => Object.values(account.users as Account["users"] & Record<string, AnyUser>));
  return {
    configs: { static: await valueOf(cluster.configs.static), operator: await valueOf(cluster.configs.operator) },
    ports: {
      static: { client: ofStatic, cluster: staticRoutes },
      operator: { client: ofOperator, cluster: operatorRoutes },
    },
    jwts: Object.fromEntries(
      await Promise.all(users.map(async ({ publicKey, jwt }) => [await valueOf(publicKey), await valueOf(jwt)])),
    ) as Record<string, string>,
    accounts: Object.fromEntries(
      await Promise.all(all.map(async ({ accountName, publicKey }) => [accountName, await valueOf(publicKey)])),
    ) as Record<string, string>,
    leftOut: adopted.leftOut,
    parity: await valueOf(cluster.parity),
  };
}

type AnyUser = Account<Record<string, string>>["users"][string];
