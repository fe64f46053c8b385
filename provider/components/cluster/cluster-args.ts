import { isIP } from "node:net";
import type * as pulumi from "@pulumi/pulumi";
import { shown, type Diagnostic } from "../../model/form/diagnostics";
import type { Rotation } from "../../model/keys/rotation";
import type { ServerStorage } from "../../model/cluster/server-storage";
import { anything, being, objectOf, optional, shaped, text, type Shape } from "../../model/form/shape";
import { PARITY } from "../../parity/findings";
import type { ParitySettings } from "../../parity/report";
import type { DeepInput } from "../../resources/inputs";
import { SIDES, type Side } from "../../servers/places";
import type { Account } from "../account/account";
import type { Operator } from "../operator/operator";
import { TARGET, type Target } from "./target";

/** Where one server of a cluster listens. Every port is a port of the host, too. */
export interface ServerArgs {
  /**
   * The port for clients.
   *
   * @default 4222 for the static server, 4223 for the operator server
   */
  clientPort?: pulumi.Input<number>;
  /**
   * The port for routes.
   *
   * @default 6222 for the static server, 6223 for the operator server
   */
  clusterPort?: pulumi.Input<number>;
  /**
   * The port for monitoring over HTTP, which asks nobody who he is.
   *
   * @default no monitoring
   */
  monitoringPort?: pulumi.Input<number>;
}

/**
 * Arguments of `MixedAuthCluster`.
 *
 * @typeParam T where its servers run
 */
export interface MixedAuthClusterArgs<T extends Target = Target> {
  /** The operator that the operator server trusts. Its system account is the system account of both servers. */
  operator: Operator;
  /**
   * The cluster's name, which both servers say.
   *
   * @default the resource's name
   */
  clusterName?: string;
  /** The accounts that both servers know, in any order. */
  accounts: readonly Account[];
  /** Where the server with static accounts listens. */
  static?: ServerArgs;
  /** Where the server that trusts the operator listens. */
  operatorServer?: ServerArgs;
  /**
   * Where the servers run: in containers of a Docker Engine, or as processes of the machine that runs the update.
   *
   * @default "docker"
   * @example
   * ```ts
   * { target: "process" } // `nats-server` from PATH
   * { target: { process: { binary: "/opt/nats/nats-server" } } }
   * ```
   */
  target?: T;
  /**
   * The nats-server image of containers. A local image is used as it is; a missing one is pulled. Processes have none: they
   * run an executable, see `target`.
   *
   * @default nats:2.15.2
   */
  image?: pulumi.Input<string>;
  /**
   * The IP address on which the ports are open, of this machine or of the Docker Engine's; 0.0.0.0 or :: for all.
   *
   * @default 127.0.0.1: this machine alone
   */
  bindAddress?: pulumi.Input<string>;
  /**
   * JetStream on both servers, and how much they may store. `{}` is JetStream with as much as each server finds. Streams
   * are kept when a server is replaced: in a docker volume, or in a folder beside those of the processes; they are gone
   * with the cluster. Two servers decide together, so that streams can be made and changed while both are up.
   *
   * @default no JetStream
   */
  jetstream?: DeepInput<ServerStorage>;
  /**
   * The public keys by which proxies in front of the servers sign that a client comes through them (`proxies.trusted`).
   * Users and roles with `proxyRequired` log in through one of these proxies alone. Both servers restart when they change.
   *
   * @default none
   */
  trustedProxies?: pulumi.Input<readonly pulumi.Input<string>[]>;
  /**
   * The routes between the two servers. They open with a password that is generated once: another `version` makes another
   * one, which both servers take by a reload. Servers know one password at a time, so there is no overlap; routes are made
   * anew within milliseconds, and no client is disconnected.
   *
   * @example
   * ```ts
   * { rotation: { version: 2 } }
   * ```
   *
   * @default the password that there is
   */
  routes?: { readonly rotation?: DeepInput<Pick<Rotation, "version">> };
  /**
   * Whether the servers are asked, at the end of an update, if they are what the program says. The asking goes from this
   * machine to the operator server's client port: skip it where that address is out of reach.
   *
   * @default "run"
   */
  check?: "run" | "skip";
  /**
   * What to do about claims that only one of the servers can check, such as source networks: see `cluster.parity`.
   *
   * @default strict: each is an error of the preview, until it is left out or accepted by name with a reason
   */
  parity?: ParitySettings;
}

const SERVER: Shape = optional(
  objectOf<ServerArgs>({ clientPort: anything, clusterPort: anything, monitoringPort: anything }),
);
const ARGS: Shape = objectOf<MixedAuthClusterArgs>({
  operator: anything,
  accounts: anything,
  clusterName: optional(text),
  static: SERVER,
  operatorServer: SERVER,
  target: TARGET,
  image: anything,
  bindAddress: anything,
  jetstream: anything,
  trustedProxies: anything,
  routes: optional(objectOf<NonNullable<MixedAuthClusterArgs["routes"]>>({ rotation: anything })),
  check: optional(being('"run" or "skip"', "Write one of them.", (value) => value === "run" || value === "skip")),
  parity: optional(PARITY),
});

/** What about a cluster's arguments is not as it should be, as far as a program can know it while it runs. */
export function argsDiagnostics(args: MixedAuthClusterArgs): Diagnostic[] {
  return shaped("", ARGS, args, () => []);
}

/** The image that servers run with unless a program says another one: the version that this package is tested with. */
export const DEFAULT_IMAGE = "nats:2.15.2";

/** Ports of a server, all but monitoring with a value. */
export interface ServerPorts {
  readonly clientPort: pulumi.Input<number>;
  readonly clusterPort: pulumi.Input<number>;
  readonly monitoringPort: pulumi.Input<number> | undefined;
}

const DEFAULT_PORTS: Readonly<Record<Side, { readonly clientPort: number; readonly clusterPort: number }>> = {
  static: { clientPort: 4222, clusterPort: 6222 },
  operator: { clientPort: 4223, clusterPort: 6223 },
};

/** The argument that holds each side's ports. */
const ARGUMENT = { static: "static", operator: "operatorServer" } as const satisfies Record<
  Side,
  keyof MixedAuthClusterArgs
>;

/** The ports of one server. */
export function portsOf(side: Side, args: MixedAuthClusterArgs): ServerPorts {
  const given = args[ARGUMENT[side]];
  const { clientPort, clusterPort } = DEFAULT_PORTS[side];
  return {
    clientPort: given?.clientPort ?? clientPort,
    clusterPort: given?.clusterPort ?? clusterPort,
    monitoringPort: given?.monitoringPort,
  };
}

/** The ports of one server that it has, by the path of their argument. */
export function portPaths(side: Side, ports: ServerPorts): Record<string, pulumi.Input<number>> {
  const entries = Object.entries(ports).flatMap(([name, port]: [string, pulumi.Input<number> | undefined]) =>
    port === undefined ? [] : [[`${ARGUMENT[side]}.${name}`, port] as const],
  );
  return Object.fromEntries(entries);
}

/** All ports by the path of their argument. */
export function allPorts(args: MixedAuthClusterArgs): Record<string, pulumi.Input<number>> {
  return Object.assign({}, ...SIDES.map((side) => portPaths(side, portsOf(side, args)))) as Record<
    string,
    pulumi.Input<number>
  >;
}

/** The address of this machine alone. */
export const LOOPBACK = "127.0.0.1";

/** What is wrong with the address on which ports are to be open. */
export function addressDiagnostics(address: string): Diagnostic[] {
  // A zone behind a % has no place in the address of a route.
  return isIP(address) === 0 || address.includes("%")
    ? [
        {
          path: "bindAddress",
          value: shown(address),
          problem:
            "is no IP address without a zone; ports are opened on an address of the machine that has the servers",
          remedy: "Write 127.0.0.1 for that machine alone, 0.0.0.0 for everyone, or another one of its addresses.",
        },
      ]
    : [];
}

/** The host in the URL of a port that is open on an address: of all addresses, the loopback one. */
export function urlHost(address: string): string {
  const one = { "0.0.0.0": LOOPBACK, "::": "::1" }[address] ?? address;
  return isIP(one) === 6 ? `[${one}]` : one;
}
