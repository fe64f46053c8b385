import * as pulumi from "@pulumi/pulumi";
import { renderLeafNodeRemote } from "../../config/leaf-node-remote";
import { diagnose, formatDiagnostics, type Diagnostic } from "../../diagnostics/diagnostic";
import type { Mode, PerServer } from "../../model/cluster/servers";
import { omitUndefined } from "../../model/form/order";
import type { AccountUser } from "../account/account-users";
import type { DeclaredServer } from "./declared-server";
import type { ResolvedTls } from "./tls";

/** How a leaf node logs in. */
export interface LeafNodeOptions {
  /**
   * Path of the file with the user's `creds`, on the machine of the leaf node. Servers in static mode need no file.
   *
   * @example "/etc/nats/edge.creds"
   */
  readonly credentials: pulumi.Input<string>;
  /**
   * Path of the file with the certificates of the authorities that have signed those of the servers, on the machine of the leaf node.
   *
   * @default the authorities of the system
   */
  readonly ca?: pulumi.Input<string>;
  /**
   * Path of the file with a certificate of the leaf node, for clients, on its machine. Required if `tls.leafNodes` of the servers has
   * `verify`.
   *
   * @default the leaf node has none
   */
  readonly certificate?: pulumi.Input<string>;
  /** Path of the file with the private key of the certificate, on the machine of the leaf node. Set it beside `certificate`. */
  readonly key?: pulumi.Input<string>;
  /**
   * Account of the leaf node's own server that is connected with the account of the user.
   *
   * @default its global account, `$G`, to which all clients belong on a server without accounts
   */
  readonly account?: pulumi.Input<string>;
}

/** The `leafnodes` block for the configuration of a leaf node, by the mode of the servers that it connects to. */
export interface LeafNodeRemotes {
  /**
   * For servers in static mode, as a secret: it contains the seed. Undefined if none has a `leafNodePort`, or if the seed is not
   * managed here.
   */
  readonly static: pulumi.Output<string | undefined>;
  /** For servers in operator mode. Undefined if none has a `leafNodePort`. */
  readonly operator: pulumi.Output<string | undefined>;
}

/**
 * Renders what a leaf node needs to log in as a user. It connects to one of the servers of a mode, and to another one if it fails. If only
 * some of them have TLS for leaf nodes, or begin with its handshake, it connects to those: one block cannot have both.
 */
export function leafNodeRemotes<Name extends string>(
  servers: readonly LeafNodeServer<Name>[],
  leafNodeUrls: PerServer<pulumi.Output<string> | undefined, Name>,
  user: AccountUser,
  { credentials, ca, certificate, key: privateKey, account }: LeafNodeOptions,
): LeafNodeRemotes {
  const remote = (mode: Mode, key: "nkey" | "credentials", login: pulumi.Input<string | undefined>) => {
    const ofMode = servers.filter((server) => server.mode === mode && leafNodeUrls[server.name] !== undefined);
    const encrypted = ofMode.filter(({ resolvedTls }) => resolvedTls?.has.leafNodes === true);
    const reached = encrypted.length > 0 ? encrypted : ofMode;
    const urls = pulumi.all(
      reached.flatMap(({ name, resolvedTls }) => {
        const { [name]: url } = leafNodeUrls;
        return url === undefined ? [] : [{ url, isFirst: beginsWithHandshake(resolvedTls) }];
      }),
    );
    const files = pulumi.output({ ca, certificate, key: privateKey });
    return pulumi
      .all([urls, pulumi.output(login), pulumi.output(account), files, requiresCertificate(encrypted)])
      .apply(([all, by, own, given, isRequired]) => {
        const first = all.filter(({ isFirst }) => isFirst);
        const known = (first.length > 0 ? first : all).map(({ url }) => url);
        if (known.length === 0 || by === undefined) {
          return undefined;
        }
        const paths = encrypted.length === 0 ? {} : omitUndefined<LeafNodeFiles>(given);
        const problems = fileDiagnostics(paths, isRequired);
        if (problems.length > 0) {
          throw new pulumi.RunError(formatDiagnostics("the leaf node", problems));
        }
        const { key: keyFile, ...others } = paths;
        const handshakeFirst = first.length > 0 ? true : undefined;
        return renderLeafNodeRemote(
          omitUndefined({ urls: known, account: own, ...others, keyFile, handshakeFirst, [key]: by }),
        );
      });
  };
  return { static: remote("static", "nkey", user.seed), operator: remote("operator", "credentials", credentials) };
}

/** A server that leaf nodes may connect to. */
interface LeafNodeServer<Name extends string> extends Pick<DeclaredServer<Name>, "name" | "mode"> {
  readonly resolvedTls: ResolvedTls | undefined;
}

/** Returns whether leaf nodes must begin with the handshake. A server that has a time for it falls back to the other order. */
function beginsWithHandshake(tls: ResolvedTls | undefined): pulumi.Output<boolean> {
  return tls === undefined
    ? pulumi.output(false)
    : tls.checked.apply(({ leafNodes }) => leafNodes?.options.handshakeFirst === true);
}

/** Returns whether one of the servers requires certificates of leaf nodes. */
function requiresCertificate(servers: readonly LeafNodeServer<string>[]): pulumi.Output<boolean> {
  const all = pulumi.all(
    servers.flatMap(({ resolvedTls }) => (resolvedTls === undefined ? [] : [resolvedTls.checked])),
  );
  return all.apply((known) => known.some(({ leafNodes }) => leafNodes?.options.verify === true));
}

/** Paths of files on the machine of a leaf node. */
type LeafNodeFiles = Readonly<Partial<Record<"ca" | "certificate" | "key", string>>>;

/** Checks the paths of a leaf node. @param isRequired whether the servers require certificates of leaf nodes */
export function fileDiagnostics(files: LeafNodeFiles, isRequired: boolean): Diagnostic[] {
  const { certificate, key } = files;
  const isComplete = (certificate === undefined) === (key === undefined);
  const remedy = "Set `certificate` and `key` to the paths of files on the machine of the leaf node.";
  return [
    ...diagnose({
      code: "NA1768",
      path: certificate === undefined ? "certificate" : "key",
      problem: !isComplete || (isRequired && certificate === undefined) ? "is missing" : undefined,
      remedy,
    }),
    // The value may be a private key, and the block is not a secret.
    ...Object.entries(files).flatMap(([path, file]) =>
      diagnose({
        code: "NA1768",
        path,
        problem:
          typeof (file as unknown) === "string" && !/\p{Cc}/u.test(file) ? undefined : "is not the path of a file",
        remedy,
      }),
    ),
  ];
}
