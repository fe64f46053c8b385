import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compiled } from "./compiled";

/** The checkout. */
export const CHECKOUT = join(__dirname, "../..");

/** The ports of a stack's servers on this host. */
export interface StackPorts {
  readonly staticPort: number;
  readonly staticClusterPort: number;
  readonly operatorPort: number;
  readonly operatorClusterPort: number;
}

/** A project that a stack is made of. */
export interface Program {
  /** The project's folder, from the checkout. */
  readonly folder: string;
  /** The project's name. */
  readonly project: string;
  /** The folder of its source files, from the checkout. @default the project's folder */
  readonly source?: string;
  /**
   * The variable that names the image which its containers run.
   *
   * @default NATS_IMAGE
   */
  readonly image?: "NATS_IMAGE" | "NATS_CLIENT_IMAGE";
}

/** The project at the checkout's root: what a newcomer deploys. */
export const EXAMPLE: Program = { folder: ".", project: "mixed-auth", source: "examples/mixed-auth" };
/** A project with the operator, accounts and users that {@link TestStack.declare} sets. */
export const DECLARED: Program = { folder: "test/stack/programs/declared", project: "declared" };
/** The two projects of the example that composes. */
export const ACCOUNTS: Program = { folder: "examples/composed/accounts", project: "composed-accounts" };
export const CONSUMER: Program = {
  folder: "examples/composed/consumer",
  project: "composed-consumer",
  image: "NATS_CLIENT_IMAGE",
};
/** The three projects of the example with a team, and a team whose account {@link TestStack.declarationPath} holds. */
export const BILLING: Program = { folder: "examples/teams/billing", project: "teams-billing" };
export const BILLING_REFERENCE: Program = {
  folder: "examples/teams/billing-reference",
  project: "teams-billing-reference",
};
export const PLATFORM: Program = { folder: "examples/teams/platform", project: "teams-platform" };
export const TEAM: Program = { folder: "test/stack/programs/team", project: "team" };
/** A project that configures servers which the test runs. */
export const FOREIGN: Program = { folder: "test/stack/programs/foreign", project: "foreign" };
/** A project with values for the Helm chart of NATS. */
export const CHART: Program = { folder: "test/stack/programs/chart", project: "chart" };
/** The project of the example that adopts what there is. */
export const ADOPT: Program = { folder: "examples/adopt", project: "adopt" };

/** The outputs of a program of these tests. */
export interface StackOutputs {
  readonly clientUrls: Record<"static" | "operator", string>;
  readonly publicKeys: Record<string, string>;
  readonly seeds: Record<string, string>;
  readonly creds: Record<string, string>;
  readonly jwts?: Record<string, string>;
  readonly operatorJwt?: string;
  readonly identitySeed?: string;
  readonly checked: string;
  /** How clients reach the Services of pods, by entry of `servers`. */
  readonly serviceUrls?: Readonly<Record<string, string>>;
  readonly nodePorts?: Readonly<Record<string, number>>;
  readonly listenerNodePorts?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly loadBalancers?: Readonly<Record<string, string>>;
  /** The names of the Secrets of users. */
  readonly userSecrets?: Readonly<Record<string, string>>;
  /** The block for a leaf node, by the mode of the servers. */
  readonly leafNode?: Readonly<Record<"static" | "operator", string>>;
}

/** A resource as the state keeps it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
  readonly additionalSecretOutputs?: readonly string[];
}

/** A copy of a project whose program is compiled already. @returns its folder */
export function compiledProject({ folder, project, source = folder }: Program): Promise<string> {
  const settings = readFileSync(join(CHECKOUT, folder, "Pulumi.yaml"), "utf8")
    .replace(/^main:.*\n/m, "")
    .replace(/^ *nodeargs:.*\n/m, "");
  return compiled(project, join(CHECKOUT, source), { "Pulumi.yaml": `${settings}main: index.js\n` });
}

/** Returns a command line of the package's own command, as `npx` runs it. */
export function packageCommand(args: readonly string[]): string[] {
  const { bin } = JSON.parse(readFileSync(join(CHECKOUT, "package.json"), "utf8")) as { bin: Record<string, string> };
  return [process.execPath, join(CHECKOUT, bin["pulumi-nats-auth"] ?? ""), ...args];
}
