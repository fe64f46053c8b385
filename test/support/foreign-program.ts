import {
  Account,
  AuthConfiguration,
  ClusterVerification,
  Operator,
  type ClusterVerificationArgs,
} from "../../provider";
import { provider } from "../../provider/dynamic/cluster-verification";
import type { Mode } from "../../provider/model/cluster/servers";
import type { Duration } from "../../provider/model/form/quantities";
import { around, decisionsOn, questionsOn, type Decisions } from "./decisions";
import { ForeignServers, HOST, type ForeignServer } from "./foreign-servers";
import { seedOf } from "./keys";
import { Deployed, failureCodes } from "./life-cycle";
import { mockEngine, ofType, valueOf } from "./mocks";
import type { Pair } from "./pair";
import { freePorts } from "./stack-ports";
import type { Login, World } from "./world";

/** The servers that something else deploys. */
export const NAMES = ["n1", "n2", "n3"] as const;
export type Name = (typeof NAMES)[number];
export const MODES: Readonly<Record<Name, Mode>> = { n1: "static", n2: "operator", n3: "static" };

/** How long a verification waits that must fail. */
const SOON = "2s";

/** The inputs of the handler of `ClusterVerification`. */
export type Inputs = Parameters<typeof provider.create>[0];

/** A listener with other settings, and with another text than the rendered one. */
type Change = Partial<ForeignServer> & { readonly text?: string };

/** Returns the codes and paths of the problems that an update reports, and its message. @param timeout how long it waits */
export async function problemsOf(
  inputs: Inputs,
  timeout: Duration = SOON,
): Promise<{ codes: string[]; message: string }> {
  try {
    await new Deployed(provider).up({ ...inputs, timeout });
    return { codes: [], message: "" };
  } catch (error) {
    const { message } = error as Error;
    const lines = message.split("\n").slice(1);
    return { codes: failureCodes(lines.map((line) => line.replace(/^ {2}- /, ""))), message };
  }
}

/** A program whose servers the tests run: three, with two accounts. */
export class ForeignProgram {
  readonly servers = new ForeignServers();
  declare listeners: Readonly<Record<Name, ForeignServer>>;
  declare operator: Operator<{ sys: object; narrow: object }>;
  declare a: Account<{ test: object; other: object; queue: object; able: object }>;
  declare b: Account<{ asks: object }>;
  /** Renders texts to include. */
  declare included: AuthConfiguration;
  /** Renders whole files. */
  declare whole: AuthConfiguration<Name>;
  declare texts: Readonly<Record<Mode, string>>;
  #verifications = 0;

  async declare(): Promise<void> {
    await mockEngine();
    const [c1 = 0, r1 = 0, c2 = 0, r2 = 0, c3 = 0, r3 = 0] = await freePorts(6);
    this.listeners = {
      n1: { clientPort: c1, clusterPort: r1, peers: [r2, r3] },
      n2: { clientPort: c2, clusterPort: r2, peers: [r1, r3] },
      n3: { clientPort: c3, clusterPort: r3, peers: [r1, r2] },
    };
    const operator = new Operator("KO", {
      systemAccount: {
        users: { sys: {}, narrow: { permissions: { publish: { allow: ["$SYS.REQ.SERVER.*.VARZ"] } } } },
      },
    });
    this.operator = operator;
    const a = new Account("A", {
      operator,
      seed: seedOf("account", "A"),
      exports: [
        { subject: "test", type: "service", importers: ["B"], latency: { sampling: 50, results: "latency.test" } },
        { subject: "many.*", type: "service", responseType: "stream" },
        { subject: "stream.*.x", type: "stream" },
      ],
      mappings: { "m.*": [{ subject: "n.$1", weight: 30 }] },
      users: {
        test: {},
        other: {
          permissions: {
            publish: { allow: ["free.>"], deny: ["free.not"] },
            subscribe: { allow: ["b.>"], deny: ["b.c"] },
          },
        },
        queue: {
          permissions: {
            publish: { deny: ["secret.>"] },
            subscribe: { allow: ["work.> workers", "_INBOX.>"] },
            responses: { max: 3 },
          },
        },
        able: { permissions: { publish: { allow: ["$SYS.REQ.USER.INFO", "q.*"] } } },
      },
    });
    const b = new Account("B", {
      operator,
      imports: [
        { account: a, subject: "test", type: "service" },
        { account: a, subject: "many.*", type: "service", localSubject: "some.$1" },
        { account: a, subject: "stream.*.x", type: "stream", localSubject: "local.$1" },
      ],
      defaultPermissions: { publish: { deny: ["never"] } },
      users: { asks: {} },
    });
    Object.assign(this, { a, b });
    const accounts = [a, b];
    this.included = new AuthConfiguration("included", { operator, accounts });
    this.whole = new AuthConfiguration("whole", {
      operator,
      accounts,
      servers: Object.fromEntries(
        NAMES.map((name) => {
          const { clientPort, clusterPort } = this.listeners[name];
          return [name, { mode: MODES[name], host: HOST, bindAddress: HOST, clientPort, clusterPort }];
        }),
      ) as unknown as Record<(typeof NAMES)[number], { mode: Mode; host: string }>,
    });
    this.texts = {
      static: await valueOf(this.included.static.authorization),
      operator: await valueOf(this.included.operator.authorization),
    };
  }

  /** Declares a verification. Returns the inputs of its handler. */
  async inputs(args: ClusterVerificationArgs): Promise<Inputs> {
    const name = `v${(this.#verifications += 1)}`;
    await valueOf(new ClusterVerification(name, args).id);
    return ofType("ClusterVerification").find((one) => one.name === name)?.inputs as unknown as Inputs;
  }

  /** Starts all servers with configurations that include the rendered texts. */
  async includeAll(change: Readonly<Record<string, Change>> = {}): Promise<void> {
    await Promise.all(
      NAMES.map((name) => {
        const { text = this.texts[MODES[name]], ...more } = change[name] ?? {};
        return this.servers.include(name, { ...this.listeners[name], ...more }, text);
      }),
    );
  }

  /** The client URL of a server. */
  url(name: Name): string {
    return `nats://${HOST}:${this.listeners[name].clientPort}`;
  }

  /** Declares a verification of all servers. Returns its inputs. */
  verify(args: Partial<ClusterVerificationArgs> = {}): Promise<Inputs> {
    return this.inputs({
      configuration: this.included,
      servers: Object.fromEntries(NAMES.map((name) => [name, { mode: MODES[name], url: this.url(name) }])),
      user: this.operator.systemAccount.users.sys,
      ...args,
    });
  }

  /** Returns the credentials of the users of the first account. */
  async logins(): Promise<World["logins"]> {
    const users = {
      "A/test": this.a.users.test,
      "A/other": this.a.users.other,
      "A/queue": this.a.users.queue,
      "A/able": this.a.users.able,
    };
    const entries = Object.entries(users).map(async ([name, user]): Promise<[string, Login]> => [
      name,
      {
        publicKey: await valueOf(user.publicKey),
        seed: (await valueOf(user.seed)) ?? "",
        jwt: await valueOf(user.jwt),
        creds: (await valueOf(user.creds)) ?? "",
      },
    ]);
    return Object.fromEntries(await Promise.all(entries));
  }

  /** Returns the decisions of a server about all users of an account. */
  async decisionsAt(mode: Mode, clientPort: number): Promise<Decisions> {
    const pair = { listeners: { [mode]: { clientPort } } } as unknown as Pair;
    const world = { logins: await this.logins() } as World;
    const subjects = ["free.>", "free.not", "b.>", "b.c", "work.> workers", "secret.>", "q.*"].flatMap(around);
    const found: Record<string, string> = {};
    for (const user of Object.keys(world.logins)) {
      const decisions = await decisionsOn(pair, mode, world, user, "A/test", questionsOn(subjects));
      Object.entries(decisions).forEach(([what, decision]) => (found[`${user}: ${what}`] = decision));
    }
    return found;
  }
}

/** Declares a program before the tests of the calling describe block, and removes its servers after them. */
export function foreignProgram(): ForeignProgram {
  const program = new ForeignProgram();
  before("a program", () => program.declare());
  after(() => {
    program.servers.remove();
  });
  return program;
}
