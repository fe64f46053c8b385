import * as pulumi from "@pulumi/pulumi";
import { remoteAuthoritiesFile, remotePairFile, type RemoteTls } from "../../config/remotes";
import { diagnose, joinPath, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { nowInSeconds } from "../../dynamic/life-cycle/clock";
import type { CertificateSource, KeySource } from "../../model/cluster/tls";
import { omitUndefined } from "../../model/form/order";
import {
  authorityDiagnostics,
  certificateDiagnostics,
  endingDiagnostics,
  outlineOf,
  type CertificateUse,
} from "../../model/tls/certificate";
import { optionsDiagnostics, type TlsOptions } from "../../model/tls/options";
import { certificatesIn } from "../../model/tls/pem";
import type { RemoteTlsArgs } from "./remote-args";
import { isFile, resolveCertificates, resolveKey, writtenText } from "./tls-sources";

/** TLS of a remote, and where the server finds files. */
interface GivenTls {
  readonly name: string;
  readonly path: string;
  readonly args: RemoteTlsArgs | undefined;
  readonly isLocal: boolean;
  readonly folder: pulumi.Input<string>;
}

/** Resolves the TLS of a remote. */
export function resolveRemoteTls({ name, path, args = {}, isLocal, folder }: GivenTls) {
  const { certificate: ofServer, key: ofKey, ca: authorities, minVersion, handshakeFirst } = args;
  const certificate = resolveCertificates(joinPath(path, "certificate"), ofServer, isLocal);
  const ca = resolveCertificates(joinPath(path, "ca"), authorities, isLocal);
  const key = resolveKey(joinPath(path, "key"), ofKey, isLocal);
  const options = pulumi.output({ minVersion, handshakeFirst });
  const sources = pulumi.all([certificate, ca, key.source]);
  const missing = (["certificate", "key"] as const).flatMap((member) =>
    diagnose({
      code: "NA1809",
      path: joinPath(path, member),
      problem: (ofServer ?? ofKey) !== undefined && args[member] === undefined ? "is missing" : undefined,
      remedy: "Set `certificate` and `key` together.",
    }),
  );
  return {
    hostFiles: [ofServer, ofKey, authorities].flatMap((source) =>
      source !== undefined && isFile(source) ? [source.file] : [],
    ),
    fileNames: [
      ...((ofServer === undefined || isFile(ofServer)) && (ofKey === undefined || isFile(ofKey))
        ? []
        : [remotePairFile(name)]),
      ...(authorities === undefined || isFile(authorities) ? [] : [remoteAuthoritiesFile(name)]),
    ],
    block: pulumi
      .all([sources, options, folder])
      .apply(([found, known, prefix]): RemoteTls => ({ ...blockOf(name, prefix, found), ...omitUndefined(known) })),
    files: pulumi.all([sources, key.text]).apply(([[leaf, trusted, secret], text = ""]) => {
      const pairText = `${writtenText(leaf)}${secret?.file === undefined ? text : ""}`;
      const authoritiesText = writtenText(trusted);
      return {
        ...(pairText === "" ? {} : { [remotePairFile(name)]: pairText }),
        ...(authoritiesText === "" ? {} : { [remoteAuthoritiesFile(name)]: authoritiesText }),
      };
    }),
    diagnostics: pulumi
      .all([sources, options])
      .apply(([[leaf, trusted, secret], known]) => [
        ...missing,
        ...sourceDiagnostics([leaf, trusted, secret]),
        ...prefixPaths(path, optionsDiagnostics(omitUndefined<TlsOptions>(known))),
        ...firstDiagnostics(path, known.handshakeFirst),
      ]),
    warnings: pulumi
      .all([certificate, ca])
      .apply((all) =>
        all.flatMap((source) =>
          source?.text === undefined ? [] : endingDiagnostics(source.path, source.text, nowInSeconds()),
        ),
      ),
  };
}

/** Certificate, authorities and key of a remote. */
type Sources = readonly [CertificateSource | undefined, CertificateSource | undefined, KeySource | undefined];

/** Returns the files of a `tls` block. @param prefix precedes the names of files that the package writes */
function blockOf(name: string, prefix: string, [leaf, trusted, secret]: Sources): RemoteTls {
  const pair = `${prefix}${remotePairFile(name)}`;
  return omitUndefined<RemoteTls>({
    certificateFile: leaf === undefined ? undefined : (leaf.file ?? pair),
    keyFile: secret === undefined ? undefined : (secret.file ?? pair),
    caFile: trusted === undefined ? undefined : (trusted.file ?? `${prefix}${remoteAuthoritiesFile(name)}`),
    outline: [leaf?.text, trusted?.text].flatMap((text) =>
      text === undefined ? [] : certificatesIn(text).map(outlineOf),
    ),
  });
}

function sourceDiagnostics([leaf, trusted, secret]: Sources): Diagnostic[] {
  const now = nowInSeconds();
  return [
    ...[leaf, trusted, secret].flatMap((source) => source?.diagnostics ?? []),
    ...(trusted?.text === undefined ? [] : authorityDiagnostics(trusted.path, trusted.text, now)),
    ...(leaf?.text === undefined
      ? []
      : certificateDiagnostics(
          omitUndefined<CertificateUse>({
            path: leaf.path,
            keyPath: secret?.path ?? leaf.path,
            certificates: leaf.text,
            publicKey: secret?.publicKey,
            purposes: ["client"],
            hosts: [],
          }),
          now,
        )),
  ];
}

/** The side that opens a connection has no time to wait for: it is on or off. */
function firstDiagnostics(path: string, handshakeFirst: unknown): Diagnostic[] {
  return diagnose({
    code: "NA1003",
    path: joinPath(path, "handshakeFirst"),
    value: handshakeFirst,
    problem: handshakeFirst === undefined || typeof handshakeFirst === "boolean" ? undefined : "must be true or false",
    remedy: "Use a boolean.",
  });
}
