import { diagnose, displayList, type Diagnostic } from "../../diagnostics/diagnostic";
import type { Since } from "../cluster/server-version";
import { omitUndefined, sortUnique } from "../form/order";
import { INVALID_DURATION, normalizeDuration, parseDuration, type Duration } from "../form/quantities";
import {
  anyValue,
  booleanShape,
  checkShape,
  listOf,
  matching,
  objectOf,
  optional,
  stringShape,
  type Shape,
} from "../form/shape";

/** TLS settings of a listener, apart from certificates and keys. */
export interface TlsOptions {
  /**
   * Whether clients must have a certificate that an authority in `ca` has signed (`verify`). They log in with their seeds or
   * creds as well. Routes always require certificates. Reloaded; connected clients stay connected.
   *
   * @default false
   */
  readonly verify?: boolean;
  /**
   * Lowest version of TLS (`min_version`). Reloaded.
   *
   * @default "1.2", the lowest that nats-server supports
   */
  readonly minVersion?: "1.2" | "1.3";
  /**
   * Cipher suites of TLS 1.2 by their names in Go (`cipher_suites`), such as `"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"`. The suites of TLS 1.3
   * cannot be chosen. Reloaded.
   *
   * @default all that nats-server considers secure; nats-server 2.15.2 also offers suites with CBC, which this list cannot contain
   */
  readonly cipherSuites?: readonly string[];
  /**
   * Key exchanges (`curve_preferences`), such as `"X25519"`. Reloaded.
   *
   * @default all that nats-server supports, those that resist quantum computers first
   */
  readonly curves?: readonly string[];
  /**
   * Time for the handshake (`timeout`): such as `"5s"`, or a number of seconds. Reloaded.
   *
   * @default 2 seconds
   */
  readonly timeout?: Duration;
  /**
   * Public keys of the certificates that are accepted (`pinned_certs`), in addition to `ca`: each the SHA-256 of its
   * SubjectPublicKeyInfo, in 64 hexadecimal digits. Requires `verify`, except for routes. Reloaded; connections with another certificate
   * are closed, by nats-server 2.14.8, 2.15.1 and newer. Earlier versions keep the connections of clients until they reconnect. Those of
   * `leafNodes` apply to the certificates of hubs, too, to which the server connects (`remotes`).
   *
   * @default every certificate that an authority in `ca` has signed
   */
  readonly pinnedCertificates?: readonly string[];
  /**
   * Whether the handshake precedes the first protocol message (`handshake_first`): `true`, or the time after which a server falls back
   * to sending it first, such as `"300ms"`. Clients must have the same option for `true`. Reloaded.
   *
   * @default false
   */
  readonly handshakeFirst?: boolean | Duration;
  /**
   * Whether clients may also connect without TLS (`allow_non_tls`): for the time in which clients are changed one after
   * the other. It also applies to the MQTT clients of the server. This is a security gap, unless the address is a loopback address.
   * It contradicts `verify` and `handshakeFirst: true`. A change restarts the servers.
   *
   * @default false
   */
  readonly allowPlaintext?: boolean;
}

/** Cipher suites of TLS 1.2 with forward secrecy and authenticated encryption, by their names in nats-server. */
export const CIPHER_SUITES: readonly string[] = ["ECDSA", "RSA"].flatMap((kind) =>
  ["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256"].map(
    (suite) => `TLS_ECDHE_${kind}_WITH_${suite}`,
  ),
);

/** Key exchanges that resist quantum computers, and the first versions of nats-server that support them (`curvePreferenceMap`). */
export const HYBRID_CURVES: Readonly<Record<string, Since>> = {
  X25519MLKEM768: ["2.12.0"],
  SecP256r1MLKEM768: ["2.14.7", "2.15.0"],
  SecP384r1MLKEM1024: ["2.14.7", "2.15.0"],
};

/** Key exchanges that all versions of nats-server and all clients support. */
export const CLASSICAL_CURVES: readonly string[] = ["X25519", "CurveP256", "CurveP384", "CurveP521"];

/** Key exchanges that nats-server 2.15.2 supports. */
export const CURVES: readonly string[] = [...Object.keys(HYBRID_CURVES), ...CLASSICAL_CURVES];

const VERSIONS: readonly unknown[] = ["1.2", "1.3"] satisfies TlsOptions["minVersion"][];

/** The shape of these options; their values are checked by {@link optionsDiagnostics}. */
export const TLS_OPTIONS: Readonly<Record<keyof TlsOptions, Shape>> = {
  verify: optional(booleanShape),
  minVersion: optional(matching('"1.2" or "1.3"', "Use one of these values.", (value) => VERSIONS.includes(value))),
  cipherSuites: optional(listOf(stringShape)),
  curves: optional(listOf(stringShape)),
  timeout: anyValue,
  pinnedCertificates: optional(listOf(stringShape)),
  handshakeFirst: anyValue,
  allowPlaintext: optional(booleanShape),
};

const PIN = /^[0-9a-f]{64}$/i;

/** Checks options; paths start at the listener. */
export function optionsDiagnostics(options: TlsOptions): Diagnostic[] {
  return checkShape("", objectOf<TlsOptions>(TLS_OPTIONS), options, (given) => {
    const { cipherSuites = [], curves = [], pinnedCertificates = [], timeout, handshakeFirst } = given;
    const duration = typeof handshakeFirst === "boolean" ? undefined : handshakeFirst;
    return [
      ...unknownDiagnostics("cipherSuites", cipherSuites, CIPHER_SUITES),
      ...unknownDiagnostics("curves", curves, CURVES),
      ...(["cipherSuites", "curves", "pinnedCertificates"] as const).flatMap((path) =>
        diagnose({
          code: "NA1810",
          path,
          problem: given[path]?.length === 0 ? "is empty, so that nobody could connect" : undefined,
          remedy: "Remove the property for the default.",
        }),
      ),
      ...pinnedCertificates.flatMap((pin, index) =>
        diagnose({
          code: "NA1810",
          path: `pinnedCertificates[${index}]`,
          value: pin,
          problem: PIN.test(pin) ? undefined : "is not the SHA-256 of a public key in 64 hexadecimal digits",
          remedy:
            "Use the output of `openssl x509 -pubkey -noout | openssl pkey -pubin -outform der | sha256sum` for the certificate.",
        }),
      ),
      ...(["timeout", "handshakeFirst"] as const).flatMap((path) => {
        const value = path === "timeout" ? timeout : duration;
        return diagnose({
          code: "NA1006",
          path,
          value,
          problem: value === undefined || (parseDuration(value) ?? 0) > 0 ? undefined : INVALID_DURATION,
          remedy: 'Use a duration such as "5s".',
        });
      }),
    ];
  });
}

/** Finds options that contradict each other; paths are their names. */
export function combinedOptionsDiagnostics({
  minVersion,
  cipherSuites,
  allowPlaintext,
  verify,
  handshakeFirst,
}: TlsOptions): Diagnostic[] {
  const contradicted =
    allowPlaintext !== true
      ? undefined
      : verify === true
        ? "contradicts `verify`: clients without TLS need no certificate"
        : handshakeFirst === true
          ? "contradicts `handshakeFirst: true`, with which clients without TLS cannot connect"
          : undefined;
  return [
    ...diagnose({
      code: "NA1810",
      path: "cipherSuites",
      problem:
        minVersion === "1.3" && cipherSuites !== undefined
          ? 'has no effect with `minVersion: "1.3"`: the cipher suites of TLS 1.3 cannot be chosen'
          : undefined,
      remedy: "Remove one of them.",
    }),
    ...diagnose({
      code: "NA1810",
      path: "allowPlaintext",
      problem: contradicted,
      remedy: "Remove it when all clients use TLS, and set the other option then.",
    }),
  ];
}

function unknownDiagnostics(path: string, given: readonly string[], known: readonly string[]): Diagnostic[] {
  return given.flatMap((value, index) =>
    diagnose({
      code: "NA1810",
      path: `${path}[${index}]`,
      value,
      problem: known.includes(value) ? undefined : `is not one of ${displayList(known)}`,
      remedy: "Correct the name, or remove the property for the default.",
    }),
  );
}

/** Returns valid options without those that equal the default, so that equal ones compare equal. */
export function normalizeOptions(options: TlsOptions): TlsOptions {
  const { verify, minVersion, cipherSuites, curves, timeout, pinnedCertificates, handshakeFirst, allowPlaintext } =
    options;
  return omitUndefined<TlsOptions>({
    verify: verify === true ? true : undefined,
    minVersion: minVersion === "1.2" ? undefined : minVersion,
    cipherSuites: cipherSuites?.length === 0 ? undefined : cipherSuites,
    curves: curves?.length === 0 ? undefined : curves,
    timeout: timeout === undefined ? undefined : normalizeDuration(timeout),
    pinnedCertificates: pinnedCertificates && sortUnique(pinnedCertificates.map((pin) => pin.toLowerCase())),
    handshakeFirst:
      handshakeFirst === true
        ? true
        : handshakeFirst === false || handshakeFirst === undefined
          ? undefined
          : normalizeDuration(handshakeFirst),
    allowPlaintext: allowPlaintext === true ? true : undefined,
  });
}
