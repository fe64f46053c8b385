import { keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import type { PerServer } from "../../model/cluster/servers";
import { getOwn, omitUndefined, sortUnique } from "../../model/form/order";
import {
  askForAccounts,
  findAccountProblems,
  findElsewhere,
  findMissingRemotes,
  findMissingRoutes,
  listNames,
  type ClusterProblem,
  type LeafNodes,
  type Routes,
} from "../cluster-problems";
import { findJetStreamProblems } from "../jetstream-health";
import type { NamespaceClient } from "../kubernetes/client";
import type { Answer, SystemClient } from "../system-client";
import {
  compareAccount,
  compareTokens,
  otherDigest,
  type ConfigurationReport,
  type DetailedAccountReport,
} from "./compare";
import { connectAll } from "./connect";
import type { Deployment, DeploymentAccess, Inspection, RemotesByAccount, VerifiedServer } from "./deployment";
import { DirectClients } from "./direct-clients";
import { inspectUsers } from "./inspect-users";
import { findMonitoringProblem } from "./monitoring";
import { PodTunnels } from "./pod-tunnels";
import { problemOf, REMEDIES, toProblem } from "./problems";

/**
 * Asks servers that something else deploys whether they are as expected.
 *
 * @param namespace that of servers that are pods; undefined if none is
 * @throws ServerError when the API server of Kubernetes does not lead to those that are pods
 */
export async function inspectDeployment(
  declared: Deployment,
  access: DeploymentAccess,
  namespace?: NamespaceClient,
): Promise<Inspection> {
  const tunnels = await PodTunnels.open(declared.servers, namespace);
  try {
    const deployment = { ...declared, servers: tunnels.servers };
    const connected = await connectAll(deployment.servers, access);
    const questions = new DirectClients(Object.values(connected.clients));
    try {
      const inspector = new Inspector(deployment, access, connected.clients, questions);
      return await tunnels.explain(await inspector.inspect(connected.problems));
    } finally {
      await questions.close();
    }
  } finally {
    tunnels.close();
  }
}

class Inspector {
  /** The names of the servers in the program, by the names that they report. */
  readonly #names: ReadonlyMap<string, string>;

  constructor(
    private readonly deployment: Deployment,
    private readonly access: DeploymentAccess,
    private readonly clients: PerServer<SystemClient>,
    private readonly questions: DirectClients,
  ) {
    this.#names = new Map(Object.entries(clients).map(([name, client]) => [client.server.name, name]));
  }

  async inspect(unreachable: readonly Diagnostic[]): Promise<Inspection> {
    const { questions } = this;
    const servers = await questions.ask<ConfigurationReport>("VARZ");
    const routes = await questions.ask<Routes>("ROUTEZ");
    // Users of the system account need the permission for this request only if servers connect to hubs.
    const leafNodes = this.deployment.remotes === undefined ? [] : await questions.ask<LeafNodes>("LEAFZ");
    const silent = this.#findSilent([...servers, ...routes, ...leafNodes]);
    const own = [...unreachable, ...this.#findMistaken(), ...silent];
    const isSilent = (name: string) => silent.some(({ path }) => path === keyPath("servers", name));
    const answering = servers.filter(({ server }) => !isSilent(this.#nameOf(server.name)));
    const serverNames = this.#serverNames();
    const accounts = await this.#inspectAccounts(answering);
    const isComplete = own.length === 0;
    const cluster = [
      ...this.#findElsewhere(serverNames, answering),
      ...findMissingRoutes(serverNames, routes).map((problem) => this.#toDiagnostic(problem)),
      ...(isComplete ? this.#findStrangers(serverNames, routes) : []),
      ...this.#findMissingRemotes(leafNodes.filter(({ data }) => data !== undefined)),
    ];
    const settled = [...own, ...cluster, ...accounts];
    const jetstream = isComplete ? await this.#inspectJetStream(answering) : undefined;
    const users =
      settled.length === 0
        ? await inspectUsers(this.deployment, this.access, this.#namesOf(answering))
        : { problems: [], loggedIn: {} };
    const monitoring = await this.#inspectMonitoring();
    const problems = [...settled, ...(jetstream ?? []), ...users.problems, ...monitoring];
    const isWrong = (name: string) => problems.some(({ path }) => path === keyPath("servers", name));
    const verified = Object.entries(this.clients).filter(([name]) => !isWrong(name));
    return {
      problems,
      verified: Object.fromEntries(
        verified.map(([name, client]) => [
          name,
          this.#describe(name, client, {
            servers,
            routes,
            users: users.loggedIn[name] ?? [],
            isHealthy: jetstream?.length === 0,
          }),
        ]),
      ),
    };
  }

  #toDiagnostic(problem: ClusterProblem): Diagnostic {
    return toProblem(this.#nameOf(problem.server), problem);
  }

  #nameOf(serverName: string): string {
    const declared = Object.entries(this.deployment.servers).find(([, server]) => server.serverName === serverName);
    return this.#names.get(serverName) ?? declared?.[0] ?? serverName;
  }

  #namesOf(servers: readonly Answer<unknown>[]): string[] {
    return servers.map(({ server }) => this.#nameOf(server.name));
  }

  /** The `server_name` of each server: of those that cannot be reached as well, if the program knows it. */
  #serverNames(): string[] {
    const { servers } = this.deployment;
    return sortUnique(
      Object.entries(servers).flatMap(([name, { serverName }]) => this.clients[name]?.server.name ?? serverName ?? []),
    );
  }

  /** Finds servers that do not answer the requests of the user, with their own words. */
  #findSilent(answers: readonly Answer<unknown>[]): Diagnostic[] {
    return Object.entries(this.clients).flatMap(([name, { server }]) => {
      const refused = answers.find((one) => one.server.name === server.name && one.data === undefined);
      const problem = `does not answer requests of the system account (${refused?.error?.description ?? "no data"})`;
      const remedy =
        "Log in as a user of the system account who may publish to `$SYS.REQ.>` and subscribe to `_INBOX.>`, and check `system_account` of the server.";
      return refused === undefined ? [] : [problemOf(name, "NA5081", problem, remedy)];
    });
  }

  /** Finds URLs that lead to another server than the program means. */
  #findMistaken(): Diagnostic[] {
    const entries = Object.entries(this.clients);
    return entries.flatMap(([name, { server }], index) => {
      const first = entries.slice(0, index).find(([, other]) => other.server.id === server.id)?.[0];
      const { url, serverName = server.name } = this.deployment.servers[name] ?? { url: "" };
      const remedy = "Use a URL that leads to one server, not to a load balancer.";
      return [
        ...(first === undefined ? [] : [problemOf(name, "NA5082", `is the same server as ${first}: ${url}`, remedy)]),
        ...(serverName === server.name
          ? []
          : [problemOf(name, "NA5082", `is ${server.name} instead of ${serverName}: ${url}`, remedy)]),
      ];
    });
  }

  #findElsewhere(serverNames: readonly string[], servers: readonly Answer<ConfigurationReport>[]): Diagnostic[] {
    const clusterName = this.deployment.clusterName ?? servers[0]?.server.cluster ?? "";
    return findElsewhere({ serverNames, clusterName }, servers).map((problem) => {
      const { problem: text, ...diagnostic } = this.#toDiagnostic(problem);
      return { ...diagnostic, problem: `${text} instead of ${clusterName === "" ? "one with a name" : clusterName}` };
    });
  }

  /** Finds servers of the cluster that are not verified. */
  #findStrangers(serverNames: readonly string[], routes: readonly Answer<Routes>[]): Diagnostic[] {
    return routes.flatMap(({ server, data }) => {
      const remotes = (data?.routes ?? []).flatMap(({ remote_name: name }) => name ?? []);
      const strangers = sortUnique(remotes.filter((name) => !serverNames.includes(name)));
      const remedy = "Add the URLs of all servers of the cluster to `servers`.";
      return strangers.length === 0
        ? []
        : [
            problemOf(
              this.#nameOf(server.name),
              "NA5082",
              `has a route to ${listNames(strangers)}, which is not verified`,
              remedy,
            ),
          ];
    });
  }

  /** @param leafNodes the answers of the servers that have answered */
  #findMissingRemotes(leafNodes: readonly Answer<LeafNodes>[]): Diagnostic[] {
    const expected = leafNodes.flatMap(({ server }) => {
      const remotes = this.#remotesOf(this.#nameOf(server.name));
      return remotes === undefined ? [] : [[server.name, remotes] as const];
    });
    const found = findMissingRemotes(
      { remotes: Object.fromEntries(expected), accounts: this.#accountNames() },
      leafNodes,
    );
    return found.map((problem) => this.#toDiagnostic(problem));
  }

  #remotesOf(name: string): RemotesByAccount | undefined {
    return getOwn(this.deployment.remotes ?? {}, name);
  }

  /** The names of the accounts, by public key. */
  #accountNames(): Record<string, string> {
    return Object.fromEntries(Object.entries(this.deployment.accounts).map(([key, { name }]) => [key, name]));
  }

  async #inspectAccounts(servers: readonly Answer<ConfigurationReport>[]): Promise<Diagnostic[]> {
    const { accounts } = this.deployment;
    const answers = await askForAccounts<DetailedAccountReport>(this.questions, Object.keys(accounts));
    const serverNames = servers.map(({ server }) => server.name);
    const missing = findAccountProblems({ accounts: this.#accountNames(), serverNames }, answers);
    const compared = servers.flatMap(({ server, data = {} }) => {
      const name = this.#nameOf(server.name);
      const { digest } = this.deployment.servers[name] ?? {};
      if (digest !== undefined) {
        return digest === data.config_digest ? [] : [problemOf(name, "NA5086", otherDigest(digest, data))];
      }
      const reports = [...answers].flatMap(([key, replies]) => {
        const reply = replies.find((one) => one.server.name === server.name);
        return reply?.data?.account_detail === undefined ? [] : [[key, reply.data] as const];
      });
      return this.#compareReports(name, data, reports).map((problem) => problemOf(name, "NA5084", problem));
    });
    return [...missing.map((problem) => this.#toDiagnostic(problem)), ...compared];
  }

  #compareReports(
    name: string,
    report: ConfigurationReport,
    reports: readonly (readonly [publicKey: string, report: DetailedAccountReport])[],
  ): string[] {
    const { accounts, operatorJwt, systemAccount, servers } = this.deployment;
    const mode = servers[name]?.mode ?? "static";
    const { system_account: reported, trusted_operators_jwt: [operator] = [] } = report;
    return [
      ...(reported === systemAccount
        ? []
        : [`has the system account ${reported ?? "(none)"} instead of ${systemAccount}`]),
      ...(mode === "operator" ? compareTokens(operatorJwt, operator).map((problem) => `the operator ${problem}`) : []),
      ...reports.flatMap(([key, detail]) => {
        const expected = accounts[key];
        return expected === undefined ? [] : compareAccount(mode, key, expected, detail, systemAccount);
      }),
    ];
  }

  /** @returns undefined if the servers should not run JetStream */
  async #inspectJetStream(servers: readonly Answer<ConfigurationReport>[]): Promise<Diagnostic[] | undefined> {
    if (!this.deployment.jetstream) {
      return undefined;
    }
    const serverNames = servers.map(({ server }) => server.name);
    const without = servers.filter(({ data }) => !runsJetStream(data));
    if (without.length > 0) {
      return without.map(({ server }) => problemOf(this.#nameOf(server.name), "NA5051", "does not run JetStream"));
    }
    const problems = await findJetStreamProblems(this.questions, { serverNames, absentNames: [] }, servers, "all");
    return problems.map(({ text }): Diagnostic => ({
      code: "NA5051",
      path: "servers",
      problem: text,
      remedy: REMEDIES.NA5051,
    }));
  }

  async #inspectMonitoring(): Promise<Diagnostic[]> {
    const { tls } = this.access;
    const found = Object.entries(this.clients).map(async ([name, { server }]) => {
      const target = this.deployment.servers[name];
      const problem = target && (await findMonitoringProblem(target, server.id, tls));
      return problem === undefined ? [] : [problemOf(name, "NA5080", problem)];
    });
    return (await Promise.all(found)).flat();
  }

  #describe(
    name: string,
    { server }: SystemClient,
    found: {
      readonly servers: readonly Answer<ConfigurationReport>[];
      readonly routes: readonly Answer<Routes>[];
      readonly users: readonly string[];
      /** Whether JetStream was inspected, and has no problem. */
      readonly isHealthy: boolean;
    },
  ): VerifiedServer {
    const { accounts, servers } = this.deployment;
    const { mode = "static", digest } = servers[name] ?? {};
    const connected = this.#remotesOf(name);
    const isOwn = (answer: Answer<unknown>) => answer.server.name === server.name;
    const remotes = (found.routes.find(isOwn)?.data?.routes ?? []).flatMap(({ remote_name: remote }) => remote ?? []);
    return omitUndefined<VerifiedServer>({
      serverName: server.name,
      mode,
      clusterName: found.servers.find(isOwn)?.server.cluster,
      routes: sortUnique(remotes.map((remote) => this.#nameOf(remote))),
      configuration: digest === undefined ? "accounts" : "digest",
      accounts: sortUnique(Object.values(accounts).map((account) => account.name)),
      remotes: connected === undefined ? undefined : sortUnique(Object.values(connected).flat()),
      users: sortUnique(found.users),
      jetstream: found.isHealthy ? "healthy" : undefined,
    });
  }
}

/** Servers without JetStream report an empty object. */
function runsJetStream(report: ConfigurationReport | undefined): boolean {
  return Object.keys(report?.jetstream ?? {}).length > 0;
}
